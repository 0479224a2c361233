const yup = require('yup');
exports.run = () => {
  const person = yup.object({
    name: yup.string().required().min(2),
    age: yup.number().integer().positive(),
    tags: yup.array().of(yup.string()),
  });
  const found = [person.validateSync({ name: 'ann', age: '5', tags: ['a'] }), person.isValidSync({ name: 'a' })];
  try {
    person.validateSync({ name: 'x', age: -1 }, { abortEarly: false });
  } catch (error) {
    found.push(error.name, error.errors);
  }
  return found;
};
