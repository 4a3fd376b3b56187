/** The parts of Babel's syntax tree that are looked at here. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly key?: Node;
}

interface Path {
  readonly node: Node;
  readonly key: unknown;
  readonly listKey?: string;
  readonly parent?: Node;
}

/** Mutants that show nothing about the tests: why each kind of place has none. */
function shouldIgnore({ node, listKey, parent }: Path): string | undefined {
  const isArgument = listKey === 'arguments';
  if (isArgument && parent?.callee?.name === 'log') return 'the words and fields of a log line are no promise';
  if (isArgument && parent?.type === 'NewExpression' && parent.callee?.name?.endsWith('Error'))
    return 'the text of an exception is for its reader';
  if (node.type === 'ObjectProperty' && node.key?.name === 'tells') return 'what a metric means is for its reader';
  return undefined;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'noise', value: { shouldIgnore } }];
