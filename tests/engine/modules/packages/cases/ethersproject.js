const { defaultAbiCoder } = require('@ethersproject/abi');
const { BigNumber } = require('@ethersproject/bignumber');
const { keccak256 } = require('@ethersproject/keccak256');
exports.run = () => {
  const encoded = defaultAbiCoder.encode(['uint256', 'string'], [5, 'hi']);
  return [
    BigNumber.from('1000000000000000000').mul(3).div(7).toString(),
    encoded,
    String(defaultAbiCoder.decode(['uint256', 'string'], encoded)),
    keccak256('0x1234'),
  ];
};
