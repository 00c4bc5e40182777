#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))
#define ADD_BYTE(crc, byte) _mm_crc32_u8(crc, byte)
#define ADD_WORD(crc, word) ((uint32_t)_mm_crc32_u64(crc, word))

bool checksum_crc32c_has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define WITH_INSTRUCTION __attribute__((target("crc")))
#define ADD_BYTE(crc, byte) __crc32cb(crc, byte)
#define ADD_WORD(crc, word) __crc32cd(crc, word)

bool checksum_crc32c_has_instruction(void) { return getauxval(AT_HWCAP) & HWCAP_CRC32; }

#else
bool checksum_crc32c_has_instruction(void) { return false; }
#endif

#if defined(WITH_INSTRUCTION)

/// The instruction can start every cycle and ends after three, so three parts of the input are taken side by side. The
/// parts' remainders are then put together: that of the first, moved past the second, is added to it, and so on.
enum { part = 1024, small_part = 128 };

/// What each byte of a remainder becomes when `part` or `small_part` zeros follow it.
static uint32_t past_part[4][256];
static uint32_t past_small_part[4][256];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static void fill(uint32_t table[4][256], size_t zeros) {
    static const uint8_t none[part];
    uint32_t bits[32];
    // Without the inversions of the checksum, moving is linear: 32 bits tell everything.
    for (int bit = 0; bit < 32; bit++) bits[bit] = ~checksum_crc32c_table(~(1u << bit), none, zeros);
    for (int byte = 0; byte < 4; byte++) {
        for (int value = 0; value < 256; value++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++) {
                if (value >> bit & 1) sum ^= bits[byte * 8 + bit];
            }
            table[byte][value] = sum;
        }
    }
}

static void fill_both(void) {
    fill(past_part, part);
    fill(past_small_part, small_part);
}

static inline uint32_t moved(uint32_t table[4][256], uint32_t crc) {
    return table[0][crc & 0xFF] ^ table[1][crc >> 8 & 0xFF] ^ table[2][crc >> 16 & 0xFF] ^ table[3][crc >> 24];
}

static inline uint64_t word_at(const uint8_t *place) {
    uint64_t word;
    memcpy(&word, place, sizeof word);
    return word;
}

/// Three parts of `size` bytes.
WITH_INSTRUCTION static inline uint32_t add_three(
    uint32_t crc, const uint8_t *bytes, size_t size, uint32_t past[4][256]) {
    uint32_t second = 0, third = 0;
    for (size_t offset = 0; offset < size; offset += 8) {
        crc = ADD_WORD(crc, word_at(bytes + offset));
        second = ADD_WORD(second, word_at(bytes + size + offset));
        third = ADD_WORD(third, word_at(bytes + 2 * size + offset));
    }
    return moved(past, moved(past, crc) ^ second) ^ third;
}

WITH_INSTRUCTION uint32_t checksum_crc32c_instruction(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *next = bytes;
    crc = ~crc;
    if (count >= 3 * small_part) {
        pthread_once(&filled, fill_both);
        for (; count >= 3 * part; next += 3 * part, count -= 3 * part) crc = add_three(crc, next, part, past_part);
        for (; count >= 3 * small_part; next += 3 * small_part, count -= 3 * small_part) {
            crc = add_three(crc, next, small_part, past_small_part);
        }
    }
    for (; count >= 8; next += 8, count -= 8) crc = ADD_WORD(crc, word_at(next));
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
