const { Reader, Writer } = require('protobufjs/minimal');
exports.run = () => {
  const bytes = Writer.create().uint32(8).int32(-5).uint32(18).string('hé').uint32(25).double(0.1).finish();
  const reader = Reader.create(bytes);
  return [
    Array.from(bytes),
    ...[reader.uint32(), reader.int32(), reader.uint32(), reader.string(), reader.uint32(), reader.double()],
  ];
};
