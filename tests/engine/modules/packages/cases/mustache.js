const M = require('mustache');
exports.run = () => M.render('Hi {{name}} {{#l}}<{{.}}>{{/l}}', { name: 'a&b', l: [1, 2] });
