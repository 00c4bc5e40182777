#pragma once
#include <stdbool.h>
#include <stddef.h>

/// From now on blocks of at least `bytes` go back to the system as soon as they are freed. Left to itself glibc keeps what
/// is about as large as a block freed before, several times over. Of smaller ones it keeps half as much at the end of each
/// arena. False where the C library has no such settings.
bool allocator_return_blocks(size_t bytes);
