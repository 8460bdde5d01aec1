export { type AesGcmCodecOptions, aesGcmCodec, type SealingKey } from "./aes-gcm.ts";
