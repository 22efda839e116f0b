/* Finding the units of a text: checking its UTF-8, then grapheme clusters or words. */
#include "graph/text_units.h"

#include <utf8proc.h>

/** Reads the character at `offset` (0 <= offset < size); its bytes, or a negative number when they
 * are malformed. */
static int64_t decode(const char *bytes, int64_t size, int64_t offset, int32_t *point)
{
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)bytes + offset;
    if (*text < 0x80) {
        *point = *text;
        return 1;
    }
    return utf8proc_iterate(text, size - offset, point);
}

bool gph_text_check(const char *bytes, int64_t size, gph_text_place_t *stop)
{
    gph_text_place_t place = {.column = 1};
    int64_t step = 0;
    while (place.offset < size) {
        int32_t point = 0;
        step = decode(bytes, size, place.offset, &point);
        if (step <= 0)
            break;
        place.offset += step;
        place.column++;
        if (point == '\n') {
            place.lines++;
            place.column = 1;
        }
    }
    *stop = place;
    return place.offset >= size;
}

/* --- grapheme clusters ---------------------------------------------------------------------- */

/** White space, controls and characters that show nothing by themselves. */
static bool is_blank(int32_t point)
{
    const utf8proc_property_t *property = utf8proc_get_property(point);
    switch (property->category) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return true;
    default:
        return property->boundclass == UTF8PROC_BOUNDCLASS_CONTROL || property->ignorable;
    }
}

/** Next extended grapheme cluster; *blank tells whether all of it is blank. */
static bool next_cluster(gph_text_cursor_t *cursor, int64_t *begin, int64_t *length, bool *blank)
{
    int32_t last = 0;
    int32_t state = 0;
    if (cursor->next >= cursor->size)
        return false;
    int64_t end = cursor->next + decode(cursor->bytes, cursor->size, cursor->next, &last);
    *blank = is_blank(last);
    while (end < cursor->size) {
        int32_t point = 0;
        const int64_t step = decode(cursor->bytes, cursor->size, end, &point);
        if (utf8proc_grapheme_break_stateful(last, point, &state))
            break;
        *blank = *blank && is_blank(point);
        last = point;
        end += step;
    }
    *begin = cursor->next;
    *length = end - cursor->next;
    cursor->next = end;
    return true;
}

/* --- words ---------------------------------------------------------------------------------- */

/** What a character does to a word. */
typedef enum gph_word_class {
    GPH_WORD_NONE,   /**< ends it */
    GPH_WORD_LETTER, /**< begins it or goes on with it */
    GPH_WORD_DIGIT,  /**< the same */
    GPH_WORD_MARK,   /**< goes on with it */
    GPH_WORD_JOINER  /**< goes on with it between letters */
} gph_word_class_t;

static gph_word_class_t word_class(int32_t point)
{
    switch (point) {
    case '\'':
    case '-':
    case 0x00ad: /* soft hyphen */
    case 0x2010: /* hyphen */
    case 0x2011: /* non-breaking hyphen */
    case 0x2019: /* right single quotation mark, the typographic apostrophe */
        return GPH_WORD_JOINER;
    case 0x200c: /* zero width non-joiner and joiner: part of the spelling in many scripts */
    case 0x200d:
        return GPH_WORD_MARK;
    default:
        break;
    }
    const utf8proc_category_t category = utf8proc_category(point);
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
        return GPH_WORD_LETTER;
    if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME)
        return GPH_WORD_MARK;
    if (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)
        return GPH_WORD_DIGIT;
    return GPH_WORD_NONE;
}

/** Class of the character at `offset`, none at the end; *end receives the byte after it. */
static gph_word_class_t class_at(const gph_text_cursor_t *cursor, int64_t offset, int64_t *end)
{
    int32_t point = 0;
    *end = offset;
    if (offset >= cursor->size)
        return GPH_WORD_NONE;
    *end += decode(cursor->bytes, cursor->size, offset, &point);
    return word_class(point);
}

/** End of the word that begins with a character of class `base` and ends, so far, at `end`. */
static int64_t word_end(const gph_text_cursor_t *cursor, gph_word_class_t base, int64_t end)
{
    for (;;) {
        int64_t after = end;
        gph_word_class_t class = class_at(cursor, end, &after);
        if (class == GPH_WORD_JOINER && base == GPH_WORD_LETTER) {
            int64_t beyond = after;
            class = class_at(cursor, after, &beyond);
            if (class != GPH_WORD_LETTER)
                return end;
            after = beyond;
        }
        if (class == GPH_WORD_NONE || class == GPH_WORD_JOINER)
            return end;
        /* A mark belongs to the letter or digit before it. */
        if (class != GPH_WORD_MARK)
            base = class;
        end = after;
    }
}

static bool next_word(gph_text_cursor_t *cursor, int64_t *begin, int64_t *length)
{
    while (cursor->next < cursor->size) {
        const int64_t first = cursor->next;
        const gph_word_class_t class = class_at(cursor, first, &cursor->next);
        if (class == GPH_WORD_LETTER || class == GPH_WORD_DIGIT) {
            cursor->next = word_end(cursor, class, cursor->next);
            *begin = first;
            *length = cursor->next - first;
            return true;
        }
    }
    return false;
}

bool gph_text_next(gph_text_cursor_t *cursor, int64_t *begin, int64_t *length)
{
    if (cursor->unit == GPH_TEXT_WORD)
        return next_word(cursor, begin, length);
    bool blank = false;
    while (next_cluster(cursor, begin, length, &blank)) {
        if (!blank)
            return true;
    }
    return false;
}
