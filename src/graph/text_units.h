/** Units of text: checking UTF-8, finding units, and the dictionary of distinct ones. */
#ifndef GPH_GRAPH_TEXT_UNITS_H
#define GPH_GRAPH_TEXT_UNITS_H

#include "base/array.h"
#include "graph/text.h"

/** A place in a piece of text. */
typedef struct gph_text_place {
    int64_t offset; /**< bytes before it */
    int64_t lines;  /**< line feeds before it */
    int64_t column; /**< characters before it on its line, plus 1 */
} gph_text_place_t;

/**
 * Looks for the first malformed UTF-8 sequence. Local. Cost: O(size).
 * @param stop receives the place of its first byte, or of the end
 * @return true when there is none
 */
bool gph_text_check(const char *bytes, int64_t size, gph_text_place_t *stop);

/** Walks over the units of well-formed text. */
typedef struct gph_text_cursor {
    const char *bytes;
    int64_t size;
    int64_t next; /**< first byte not looked at yet */
    gph_text_unit_t unit;
} gph_text_cursor_t;

/** Next unit, as bytes[*begin] up to bytes[*begin + *length]; false at the end. Local. */
bool gph_text_next(gph_text_cursor_t *cursor, int64_t *begin, int64_t *length);

/** Distinct units in order of first occurrence; open addressing. Not thread-safe. */
typedef struct gph_units {
    gph_env_t *env;
    gph_array_t bytes;  /**< char: the units, one after another */
    gph_array_t offset; /**< int64_t: [count + 1] */
    int64_t slots;      /**< a power of two, more than 2 × count, or 0 */
    int64_t *slot;      /**< [slots] index of a unit, or -1 */
    int64_t capacity;
    int32_t *points; /**< [capacity] code points while a unit is normalised */
} gph_units_t;

/** Empty dictionary. Allocates nothing. */
gph_units_t gph_units_init(gph_env_t *env);

/** Frees and empties. Local. */
void gph_units_free(gph_units_t *units);

/**
 * Looks a unit up, in normalisation form C, and adds it when it is new. Local.
 * @param index receives its number in the dictionary
 */
gph_status_t gph_units_add(gph_units_t *units, const char *bytes, int64_t length, int64_t *index);

/** Hands the units over as names and empties the dictionary. Local. */
gph_status_t gph_units_take(gph_units_t *units, gph_names_t *names);

#endif
