const { z } = require('zod');
exports.run = () => {
  const s = z.object({ a: z.string().min(2), n: z.number().int().optional(), e: z.email().optional() });
  const bad = s.safeParse({ a: 'x', n: 1.5 });
  return [
    s.parse({ a: 'abc' }),
    bad.success,
    bad.error.issues.map((i) => [i.code, i.path.join('.')]),
    z.union([z.string(), z.number()]).parse(5),
    z.coerce.number().parse('5'),
  ];
};
