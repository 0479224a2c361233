import * as v from 'valibot';
export const run = () => {
  const schema = v.object({ email: v.pipe(v.string(), v.email()), n: v.optional(v.number(), 3) });
  const refused = v.safeParse(schema, { email: 'x' });
  return [v.parse(schema, { email: 'a@b.io' }), refused.success, refused.issues.map(({ message }) => message)];
};
