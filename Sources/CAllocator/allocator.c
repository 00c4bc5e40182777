#include "CAllocator.h"

#include <limits.h>
#include <malloc.h>

bool allocator_return_blocks(size_t bytes) {
#ifdef M_MMAP_THRESHOLD
    // Once the one is set, the other no longer follows what the program does: it stays at 128 KiB, and each chunk of a stream
    // would be given back when it is freed, to be faulted in anew for the next one.
    return bytes <= INT_MAX && mallopt(M_MMAP_THRESHOLD, (int)bytes) == 1 &&
           mallopt(M_TRIM_THRESHOLD, (int)(bytes / 2)) == 1;
#else
    return false;
#endif
}
