const names: Readonly<Record<string, string>> = {
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  datetime: 'timestamp',
  varchar: 'text',
  bpchar: 'char',
  int8: 'bigint',
  int4: 'integer',
  int2: 'smallint',
  bool: 'boolean',
  float8: 'double',
  float4: 'float',
}

/** An engine's name of a type in the words that `Cast.type` uses. */
export function typeName(written: string): string {
  const name = written.toLowerCase()
  return names[name] ?? name
}
