type Node = {
  readonly type: string;
  readonly name?: unknown;
  readonly params?: unknown;
  readonly local?: unknown;
  readonly id?: unknown;
  readonly computed?: unknown;
  readonly [field: string]: unknown;
};

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

/**
 * Every identifier that a program uses without declaring it anywhere, once each, in order of appearance.
 * Scopes are not told apart: a name declared in one function counts as declared in the whole file.
 */
export function freeNames(program: unknown): readonly string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  collect(program, used, declared);
  return [...used].filter((name) => !declared.has(name));
}

function collect(value: unknown, used: Set<string>, declared: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collect(element, used, declared);
    return;
  }
  if (!isNode(value)) return;
  if (value.type === 'Identifier' && typeof value.name === 'string') used.add(value.name);
  for (const pattern of [value.params, namesOf(value)]) {
    declare(pattern, declared);
  }
  const skipped = value.computed === true ? undefined : NAME_FIELDS[value.type];
  for (const [field, child] of Object.entries(value)) {
    if (field !== skipped) collect(child, used, declared);
  }
}

/** The part of a declaration or an import that names what it brings into being. */
function namesOf(node: Node): unknown {
  if (node.type === 'VariableDeclarator') return node.id;
  return node.type.startsWith('Import') ? node.local : undefined;
}

/** Adds the names that a parameter list, a destructuring or an import brings into being. */
function declare(pattern: unknown, declared: Set<string>): void {
  if (Array.isArray(pattern)) {
    for (const element of pattern) declare(element, declared);
    return;
  }
  if (!isNode(pattern)) return;
  if (pattern.type === 'Identifier' && typeof pattern.name === 'string') declared.add(pattern.name);
  const inner = PATTERN_FIELDS[pattern.type];
  if (inner !== undefined) declare(pattern[inner], declared);
}

const PATTERN_FIELDS: Readonly<Record<string, string>> = {
  ObjectPattern: 'properties',
  Property: 'value',
  ArrayPattern: 'elements',
  AssignmentPattern: 'left',
  RestElement: 'argument',
};
