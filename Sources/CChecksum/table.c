#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

/// Castagnoli's polynomial, bit-reversed.
static const uint32_t polynomial = 0x82F63B78;

/// tables[k][b]: what byte b adds to the remainder when k more bytes follow it.
static uint32_t tables[8][256];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static void fill(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
        tables[0][byte] = crc;
    }
    for (int following = 1; following < 8; following++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t crc = tables[following - 1][byte];
            tables[following][byte] = crc >> 8 ^ tables[0][crc & 0xFF];
        }
    }
}

uint32_t checksum_crc32c_table(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&filled, fill);
    const uint8_t *next = bytes;
    crc = ~crc;
    for (; count >= 8; next += 8, count -= 8) {
        crc = tables[7][(crc ^ next[0]) & 0xFF] ^ tables[6][(crc >> 8 ^ next[1]) & 0xFF]
            ^ tables[5][(crc >> 16 ^ next[2]) & 0xFF] ^ tables[4][(crc >> 24 ^ next[3]) & 0xFF]
            ^ tables[3][next[4]] ^ tables[2][next[5]] ^ tables[1][next[6]] ^ tables[0][next[7]];
    }
    for (; count > 0; next++, count--) crc = crc >> 8 ^ tables[0][(crc ^ *next) & 0xFF];
    return ~crc;
}
