const H = require('handlebars');
exports.run = () => H.compile('Hi {{name}}')({ name: 'x' });
