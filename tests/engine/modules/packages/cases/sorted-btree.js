const { default: BTree } = require('sorted-btree');
exports.run = () => {
  const tree = new BTree();
  for (let i = 0; i < 100; i += 1) tree.set((i * 37) % 101, i);
  return [tree.size, tree.minKey(), tree.maxKey(), tree.getRange(10, 15), tree.get(50)];
};
