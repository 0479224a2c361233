const { Buffer } = require('safe-buffer');
exports.run = () => [
  Buffer.from('héllo').toString('base64'),
  Buffer.alloc(3),
  Buffer.concat([Buffer.from([1]), Buffer.from('ff', 'hex')]).readUInt16BE(0),
];
