/** Digests of the parts of a result. They add up, in any order, to the digest of the whole. */
#ifndef GPH_CLIQUE_DIGEST_H
#define GPH_CLIQUE_DIGEST_H

#include "base/hash.h"

/** Parts: items of different parts are numbered apart by these bits. */
enum { GPH_PART_COMMUNITY = 0, GPH_PART_COUNT = 1, GPH_PART_VERTEX = 2, GPH_PART_ROW = 3 };

/** Number of an item of a part. */
static inline uint64_t gph_part_item(int part, int64_t index)
{
    return (uint64_t)part << 62 ^ (uint64_t)index;
}

/** Digest of the count of k-cliques. */
static inline gph_digest_t gph_clique_count_digest(int k, gph_count_t count)
{
    return gph_digest_item(gph_part_item(GPH_PART_COUNT, k), &count, sizeof count);
}

/** Digest of the count of one vertex. */
static inline gph_digest_t gph_clique_vertex_digest(gph_gid_t vertex, gph_count_t count)
{
    return gph_digest_item(gph_part_item(GPH_PART_VERTEX, vertex), &count, sizeof count);
}

/** Digest of one row of the list, members[k]. */
static inline gph_digest_t gph_clique_row_digest(int64_t row, int k, const int64_t *members)
{
    return gph_digest_item(gph_part_item(GPH_PART_ROW, row), members, (size_t)k * sizeof *members);
}

#endif
