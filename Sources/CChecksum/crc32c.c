#include "CChecksum.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))
#define ADD_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
#define ADD_WORD(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))

bool checksum_crc32c_has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__)
#include <arm_acle.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#define WITH_INSTRUCTION __attribute__((target("crc")))
#define ADD_BYTE(crc, byte) __crc32cb(crc, byte)
#define ADD_WORD(crc, word) __crc32cd(crc, word)

bool checksum_crc32c_has_instruction(void) { return getauxval(AT_HWCAP) & HWCAP_CRC32; }

#else
bool checksum_crc32c_has_instruction(void) { return false; }
#endif

#if defined(WITH_INSTRUCTION)
WITH_INSTRUCTION uint32_t checksum_crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    uint64_t word;
    crc = ~crc;
    for (; count >= sizeof word; next += sizeof word, count -= sizeof word) {
        memcpy(&word, next, sizeof word);
        crc = ADD_WORD(crc, word);
    }
    for (; count > 0; next++, count--) crc = ADD_BYTE(crc, *next);
    return ~crc;
}
#else
uint32_t checksum_crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
    return checksum_crc32c_table(crc, bytes, count);
}
#endif

uint32_t checksum_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return checksum_crc32c_has_instruction() ? checksum_crc32c_instruction(crc, bytes, count)
                                             : checksum_crc32c_table(crc, bytes, count);
}
