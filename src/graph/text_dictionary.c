/* The dictionary of distinct units: normalisation, and a hash table of byte strings. */
#include "base/hash.h"
#include "graph/text_units.h"

#include <string.h>
#include <utf8proc.h>

/** Most marks in a row that are put into canonical order (the bound of the Stream-Safe Text Format
 * of UAX #15): ordering n of them takes n^2 steps, so longer runs could stall the program. */
#define GPH_UNIT_MARKS 30

/** Slots of the first hash table. */
#define GPH_UNIT_SLOTS 256

gph_units_t gph_units_init(gph_env_t *env)
{
    return (gph_units_t){.env = env,
                         .bytes = gph_array_init(env, sizeof(char)),
                         .offset = gph_array_init(env, sizeof(int64_t))};
}

void gph_units_free(gph_units_t *units)
{
    gph_array_free(&units->bytes);
    gph_array_free(&units->offset);
    gph_free(units->slot);
    gph_free(units->points);
    *units = gph_units_init(units->env);
}

/* --- normalisation -------------------------------------------------------------------------- */

/** True when the bytes stay as they are: in form C by a quick look, or with too many marks. */
static bool keeps_bytes(const char *bytes, int64_t length)
{
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)bytes;
    int64_t i = 0;
    int marks = 0;
    /* All below U+0300, the first combining mark, is in form C; bytes from 0xCC on begin that. */
    while (i < length && text[i] < 0xcc)
        i++;
    if (i == length)
        return true;
    for (i = 0; i < length && marks <= GPH_UNIT_MARKS;) {
        int32_t point = 0;
        i += utf8proc_iterate(text + i, length - i, &point);
        marks = utf8proc_get_property(point)->combining_class != 0 ? marks + 1 : 0;
    }
    return marks > GPH_UNIT_MARKS;
}

/** Brings a unit to form C in `points`, whose memory then begins with its *size bytes. */
static gph_status_t normalise(gph_units_t *units, const char *bytes, int64_t length, int64_t *size)
{
    const utf8proc_option_t options = UTF8PROC_COMPOSE | UTF8PROC_STABLE;
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)bytes;
    int64_t count = utf8proc_decompose(text, length, units->points, units->capacity, options);
    /* utf8proc_reencode() writes a NUL behind the unit. */
    if (count >= units->capacity) {
        const int64_t capacity = 2 * count + 16;
        const gph_status_t status =
            gph_realloc(units->env, capacity, sizeof *units->points, &units->points);
        if (status != GPH_OK)
            return status;
        units->capacity = capacity;
        count = utf8proc_decompose(text, length, units->points, capacity, options);
    }
    const int64_t written = count < 0 ? count : utf8proc_reencode(units->points, count, options);
    if (written < 0)
        return gph_fail(units->env, GPH_ERR_INTERNAL, "normalising a unit of %lld bytes: %s",
                        (long long)length, utf8proc_errmsg(written));
    *size = written;
    return GPH_OK;
}

/* --- hash table ----------------------------------------------------------------------------- */

static int64_t units_count(const gph_units_t *units)
{
    return units->offset.count > 0 ? units->offset.count - 1 : 0;
}

/** Slot that holds the bytes, or the free one where they belong. */
static int64_t find_slot(const gph_units_t *units, const char *bytes, int64_t size)
{
    const int64_t *offset = units->offset.data;
    const char *all = units->bytes.data;
    const uint64_t mask = (uint64_t)units->slots - 1;
    uint64_t at = gph_digest_bytes(bytes, (size_t)size).low & mask;
    for (int64_t i = units->slot[at]; i >= 0; i = units->slot[at]) {
        if (offset[i + 1] - offset[i] == size && memcmp(all + offset[i], bytes, (size_t)size) == 0)
            break;
        at = (at + 1) & mask;
    }
    return (int64_t)at;
}

/** Doubles the slots. */
static gph_status_t grow(gph_units_t *units)
{
    const int64_t slots = units->slots > 0 ? 2 * units->slots : GPH_UNIT_SLOTS;
    const int64_t *offset = units->offset.data;
    const char *all = units->bytes.data;
    int64_t *slot = NULL;
    const gph_status_t status = gph_alloc(units->env, slots, sizeof *slot, &slot);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < slots; i++)
        slot[i] = -1;
    gph_free(units->slot);
    units->slot = slot;
    units->slots = slots;
    for (int64_t i = 0; i < units_count(units); i++)
        slot[find_slot(units, all + offset[i], offset[i + 1] - offset[i])] = i;
    return GPH_OK;
}

/** Appends a unit; with the first one also the offset it begins at. */
static gph_status_t append(gph_units_t *units, const char *bytes, int64_t size)
{
    gph_status_t status = GPH_OK;
    const int64_t begin = units->bytes.count;
    const int64_t end = begin + size;
    if (units->offset.count == 0)
        GPH_TRY(gph_array_push(&units->offset, &begin));
    GPH_TRY(gph_array_append(&units->bytes, bytes, size));
    GPH_TRY(gph_array_push(&units->offset, &end));
cleanup:
    return status;
}

gph_status_t gph_units_add(gph_units_t *units, const char *bytes, int64_t length, int64_t *index)
{
    gph_status_t status = GPH_OK;
    int64_t size = length;
    if (!keeps_bytes(bytes, length)) {
        GPH_TRY(normalise(units, bytes, length, &size));
        bytes = (const char *)units->points;
    }
    if (2 * (units_count(units) + 1) >= units->slots)
        GPH_TRY(grow(units));
    int64_t *slot = &units->slot[find_slot(units, bytes, size)];
    if (*slot < 0) {
        const int64_t added = units_count(units);
        GPH_TRY(append(units, bytes, size));
        *slot = added;
    }
    *index = *slot;
cleanup:
    return status;
}

gph_status_t gph_units_take(gph_units_t *units, gph_names_t *names)
{
    gph_status_t status = GPH_OK;
    const int64_t begin = 0;
    if (units->offset.count == 0)
        GPH_TRY(gph_array_push(&units->offset, &begin));
    names->count = units_count(units);
    names->offset = gph_array_take(&units->offset);
    names->bytes = gph_array_take(&units->bytes);
    gph_units_free(units);
cleanup:
    return status;
}
