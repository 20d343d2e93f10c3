// hash-wasm declares its whole; these are its parts, one for each algorithm.

declare module 'hash-wasm/dist/*.umd.min.js' {
  const parts: Pick<
    typeof import('hash-wasm'),
    'createSHA256' | 'createSHA512' | 'createSHA1' | 'createMD5' | 'createBLAKE3' | 'createXXHash64' | 'createCRC32'
  >;
  export default parts;
}
