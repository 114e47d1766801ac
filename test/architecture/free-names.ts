type Node = { readonly type: string; readonly [key: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The fields that hold a name and not a reference: `.process`, `{ process: 1 }`, a method called `process`. */
const NAME_FIELDS: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  MethodDefinition: 'key',
  PropertyDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSQualifiedName: 'right',
  ImportSpecifier: 'imported',
  ExportSpecifier: 'exported',
};

/** Every identifier that stands for a value or a type in a program, once each, in order of appearance. */
export function freeNames(program: unknown): readonly string[] {
  const names = new Set<string>();
  collect(program, names);
  return [...names];
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, names);
    return;
  }
  if (!isNode(value)) return;
  const { name } = value;
  if (value.type === 'Identifier' && typeof name === 'string') names.add(name);
  const skipped = value['computed'] === true ? undefined : NAME_FIELDS[value.type];
  for (const [field, child] of Object.entries(value)) {
    const isShorthand = value.type === 'Property' && value['shorthand'] === true;
    if (field !== skipped || isShorthand) collect(child, names);
  }
}
