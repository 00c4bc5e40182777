#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The CRC-32C (Castagnoli) of everything so far and then `count` more bytes, by the fastest way this processor has.
/// `crc` is the result for everything so far; 0 before the first byte.
uint32_t checksum_crc32c(uint32_t crc, const void *_Nullable bytes, size_t count);

/// Whether the processor's own instruction computes it.
bool checksum_crc32c_has_instruction(void);

/// The same by the instruction; only where there is one.
uint32_t checksum_crc32c_instruction(uint32_t crc, const void *_Nullable bytes, size_t count);

/// The same by tables, on any processor.
uint32_t checksum_crc32c_table(uint32_t crc, const void *_Nullable bytes, size_t count);
