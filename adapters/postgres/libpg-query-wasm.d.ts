/** The module under libpg-query's own wrapper: an instance of our own can be thrown away when a text exhausts its stack, and
 * the tree's JSON is at hand as text. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface LibpgQuery {
    _malloc(bytes: number): number
    _free(pointer: number): void
    _wasm_parse_query_raw(text: number): number
    _wasm_free_parse_result(result: number): void
    lengthBytesUTF8(text: string): number
    stringToUTF8(text: string, pointer: number, bytes: number): void
    UTF8ToString(pointer: number): string
    getValue(pointer: number, type: 'i32'): number
  }
  export default function instantiate(): Promise<LibpgQuery>
}
