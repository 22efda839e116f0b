/* Reading the HDF5 file of a graph: each rank the rows of an even block of vertices. */
#include "base/checked.h"
#include "gph/graph.h"
#include "io/file.h"
#include "io/hdf5_file.h"
#include "io/ids.h"
#include "io/parse.h"
#include "io/readers.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Neighbours read at once: 8 MiB. */
#define SLAB (INT64_C(1) << 20)

/* First bytes of an HDF5 file; the version of the file format follows. */
#define SIGNATURE "\x89HDF\r\n\x1a\n"

/* First version of the file format (that of HDF5 1.8) in which all metadata has checksums. */
enum { CHECKED_VERSION = 2 };

enum { BOTH_WAYS = GPH_ARC_OUT | GPH_ARC_IN };

/* One rank's reading. */
typedef struct csr_read {
    gph_h5_t h5;
    gph_h5_data_t offsets;
    gph_h5_data_t neighbors;
    gph_h5_data_t weights;
    gph_h5_data_t directions;
    gph_h5_data_t ids;
    gph_h5_data_t name_offsets;
    gph_h5_data_t name_bytes;
    gph_h5_data_t types;
    int64_t vertices; /**< n */
    int64_t edges;    /**< m */
    int64_t first_id; /**< when there are no ids */
    int64_t begin;    /**< first vertex of this rank */
    int64_t count;    /**< its vertices */
    int64_t *offset;  /**< [count + 1] */
    int64_t *id;      /**< [count] input ids, or NULL */
    int64_t *slab;    /**< [SLAB or all, if fewer] neighbours */
    double *heavy;    /**< [the same] their weights, or NULL */
    uint8_t *ways;    /**< [the same] their directions, or NULL */
    int64_t row;      /**< row of the neighbour at hand, from 0 on this rank */
    int64_t last;     /**< neighbour before it in the row, or -1 */
    int64_t capacity; /**< edges that fit */
    uint64_t check;   /**< sum of gph_symmetry_hash() */
} csr_read_t;

static gph_status_t fail_vertex(const csr_read_t *csr, int64_t row, const char *what)
{
    return gph_fail(csr->h5.context->env, GPH_ERR_INPUT, "%s: vertex %" PRId64 ": %s",
                    gph_path_shown(csr->h5.path), csr->begin + row, what);
}

/* --- the parts of the file and their sizes -------------------------------------------------- */

/* All ranks must see the file, and one that HDF5 can be trusted with: without checksums, damaged
 * metadata can crash the library itself. */
static gph_status_t check_file(gph_context_t *context, const char *path)
{
    gph_status_t status = GPH_OK;
    char first[sizeof SIGNATURE] = {0};
    int descriptor = -1;
    int64_t size = 0;
    int64_t got = 0;

    GPH_TRY(gph_file_open_all(context, path, &descriptor, &size));
    GPH_TRY_ALL(context, gph_file_read(context, descriptor, path, 0, sizeof first, first, &got));
    if (memcmp(first, SIGNATURE, sizeof first - 1) != 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: does not begin like an HDF5 file; give the format that it has",
                         gph_path_shown(path)));
    if (got == sizeof first && first[got - 1] < CHECKED_VERSION)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: is in a format of HDF5 that has no checksums; rewrite it with "
                         "h5repack --latest",
                         gph_path_shown(path)));

cleanup:
    gph_file_close(descriptor);
    return status;
}

static gph_status_t read_attributes(csr_read_t *csr)
{
    gph_status_t status = GPH_OK;
    char format[GPH_H5_FORMAT_CHARS];
    int64_t version = 0;

    GPH_TRY(gph_h5_get_format(&csr->h5, format));
    if (strcmp(format, GPH_H5_FORMAT) != 0)
        GPH_TRY(gph_fail(csr->h5.context->env, GPH_ERR_INPUT,
                         "%s: attribute \"format\" is not \"%s\"; is this a graph written by gph?",
                         gph_path_shown(csr->h5.path), GPH_H5_FORMAT));
    GPH_TRY(gph_h5_get_i64(&csr->h5, "version", -1, &version));
    if (version != GPH_H5_VERSION)
        GPH_TRY(gph_fail(csr->h5.context->env, GPH_ERR_INPUT,
                         "%s: is of version %" PRId64 "; this program reads version %d",
                         gph_path_shown(csr->h5.path), version, GPH_H5_VERSION));
    GPH_TRY(gph_h5_get_i64(&csr->h5, "vertices", -1, &csr->vertices));
    GPH_TRY(gph_h5_get_i64(&csr->h5, "edges", -1, &csr->edges));
    GPH_TRY(gph_h5_get_i64(&csr->h5, "first_id", 0, &csr->first_id));
    if (csr->vertices < 0 || csr->edges < 0 || csr->edges > INT64_MAX / 2 || csr->first_id < 0 ||
        csr->first_id > INT64_MAX - csr->vertices)
        GPH_TRY(gph_fail(csr->h5.context->env, GPH_ERR_INPUT,
                         "%s: attribute vertices, edges or first_id is negative or too large",
                         gph_path_shown(csr->h5.path)));
    /* The file must hold a number for each vertex, so that a coarse check does. */
    GPH_TRY(gph_check_promise(csr->h5.context, 1, gph_path_shown(csr->h5.path), csr->vertices));

cleanup:
    return status;
}

static gph_status_t check_count(const csr_read_t *csr, const gph_h5_data_t *data, int64_t wanted)
{
    if (data->id < 0 || data->count == wanted)
        return GPH_OK;
    return gph_fail(csr->h5.context->env, GPH_ERR_INPUT,
                    "%s: dataset \"%s\" has %" PRId64
                    " elements, but the attributes promise %" PRId64,
                    gph_path_shown(csr->h5.path), data->name, data->count, wanted);
}

static gph_status_t open_parts(csr_read_t *csr)
{
    gph_status_t status = GPH_OK;
    const gph_h5_t *h5 = &csr->h5;

    GPH_TRY(gph_h5_data_open(h5, GPH_H5_OFFSETS, H5T_INTEGER, false, &csr->offsets));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_NEIGHBORS, H5T_INTEGER, false, &csr->neighbors));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_WEIGHTS, H5T_FLOAT, true, &csr->weights));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_DIRECTIONS, H5T_INTEGER, true, &csr->directions));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_IDS, H5T_INTEGER, true, &csr->ids));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_NAME_OFFSETS, H5T_INTEGER, true, &csr->name_offsets));
    GPH_TRY(gph_h5_data_open(h5, GPH_H5_NAME_BYTES, H5T_INTEGER, csr->name_offsets.id < 0,
                             &csr->name_bytes));
    if (csr->name_offsets.id >= 0)
        GPH_TRY(gph_h5_data_open(h5, GPH_H5_TYPES, H5T_INTEGER, true, &csr->types));
    GPH_TRY(check_count(csr, &csr->offsets, csr->vertices + 1));
    GPH_TRY(check_count(csr, &csr->neighbors, 2 * csr->edges));
    GPH_TRY(check_count(csr, &csr->weights, 2 * csr->edges));
    GPH_TRY(check_count(csr, &csr->directions, 2 * csr->edges));
    GPH_TRY(check_count(csr, &csr->types, csr->vertices));
    GPH_TRY(check_count(csr, &csr->ids, csr->vertices));
    GPH_TRY(check_count(csr, &csr->name_offsets, csr->vertices + 1));
    if (csr->ids.id >= 0 && csr->name_offsets.id >= 0)
        GPH_TRY(gph_fail(h5->context->env, GPH_ERR_INPUT,
                         "%s: has both ids and names; a graph has one or the other",
                         gph_path_shown(h5->path)));

cleanup:
    return status;
}

/* --- this rank's block ---------------------------------------------------------------------- */

/* Ranks share the offset between their blocks, so that order within blocks is order over all. */
static gph_status_t read_offsets(const csr_read_t *csr, const gph_h5_data_t *data, int64_t most,
                                 int64_t *offset)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_h5_read(&csr->h5, data, H5T_NATIVE_INT64, csr->begin, csr->count + 1, offset));
    if (csr->begin == 0 && offset[0] != 0)
        GPH_TRY(fail_vertex(csr, 0, "the first offset is not 0; the file is damaged"));
    for (int64_t i = 0; i < csr->count; ++i)
        if (offset[i] < 0 || offset[i] > offset[i + 1] || offset[i + 1] > most)
            GPH_TRY(fail_vertex(csr, i,
                                "its offsets are not ascending within the file's; the file "
                                "is damaged"));
    if (csr->begin + csr->count == csr->vertices && offset[csr->count] != most)
        GPH_TRY(fail_vertex(csr, csr->count,
                            "the last offset is not the number of elements; the file is damaged"));

cleanup:
    return status;
}

/* Input ids ascend strictly, also across the blocks of two ranks. */
static gph_status_t read_ids(csr_read_t *csr)
{
    gph_status_t status = GPH_OK;
    int64_t before = -1;

    GPH_TRY(gph_alloc(csr->h5.context->env, csr->count, sizeof *csr->id, &csr->id));
    if (csr->count > 0 && csr->begin > 0)
        GPH_TRY(gph_h5_read(&csr->h5, &csr->ids, H5T_NATIVE_INT64, csr->begin - 1, 1, &before));
    GPH_TRY(gph_h5_read(&csr->h5, &csr->ids, H5T_NATIVE_INT64, csr->begin, csr->count, csr->id));
    for (int64_t i = 0; i < csr->count; ++i) {
        if (csr->id[i] <= before)
            GPH_TRY(fail_vertex(csr, i,
                                "its id is negative or not above the one before; the file "
                                "is damaged"));
        before = csr->id[i];
    }

cleanup:
    return status;
}

static gph_status_t read_block(csr_read_t *csr)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = csr->h5.context->env;
    const int ranks = csr->h5.context->ranks;
    const int rank = csr->h5.context->rank;

    csr->begin = gph_block_start(csr->vertices, ranks, rank);
    csr->count = gph_block_start(csr->vertices, ranks, rank + 1) - csr->begin;
    GPH_TRY(gph_alloc(env, csr->count + 1, sizeof *csr->offset, &csr->offset));
    GPH_TRY(read_offsets(csr, &csr->offsets, 2 * csr->edges, csr->offset));
    if (csr->ids.id >= 0)
        GPH_TRY(read_ids(csr));
    const int64_t all = csr->offset[csr->count] - csr->offset[0];
    const int64_t room = all < SLAB ? all : SLAB;
    GPH_TRY(gph_alloc(env, room, sizeof *csr->slab, &csr->slab));
    if (csr->weights.id >= 0)
        GPH_TRY(gph_alloc(env, room, sizeof *csr->heavy, &csr->heavy));
    if (csr->directions.id >= 0)
        GPH_TRY(gph_alloc(env, room, sizeof *csr->ways, &csr->ways));

cleanup:
    return status;
}

static gph_status_t read_names(const csr_read_t *csr, gph_names_t *names)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = csr->h5.context->env;

    GPH_TRY(gph_alloc(env, csr->count + 1, sizeof *names->offset, &names->offset));
    GPH_TRY(read_offsets(csr, &csr->name_offsets, csr->name_bytes.count, names->offset));
    const int64_t begin = names->offset[0];
    const int64_t bytes = names->offset[csr->count] - begin;
    GPH_TRY(gph_alloc(env, bytes, 1, &names->bytes));
    GPH_TRY(gph_h5_read(&csr->h5, &csr->name_bytes, H5T_NATIVE_UINT8, begin, bytes, names->bytes));
    for (int64_t i = 0; i <= csr->count; ++i)
        names->offset[i] -= begin;
    names->count = csr->count;

cleanup:
    return status;
}

static gph_status_t read_types(const csr_read_t *csr, uint8_t **type)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_alloc(csr->h5.context->env, csr->count, sizeof **type, type));
    GPH_TRY(gph_h5_read(&csr->h5, &csr->types, H5T_NATIVE_UINT8, csr->begin, csr->count, *type));
    for (int64_t i = 0; i < csr->count; ++i)
        if (((*type)[i] & ~GPH_NODE_GROUPED) > GPH_NODE_GAP)
            GPH_TRY(fail_vertex(csr, i, "its type is none that this program knows"));

cleanup:
    return status;
}

/* --- edges ---------------------------------------------------------------------------------- */

/* Makes room for `more` edges. About half of what is left to read will stay, so that much is asked
 * for; not more at once, as only what is read and sound proves the file's promises. */
static gph_status_t make_room(csr_read_t *csr, int64_t more, int64_t left, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = csr->h5.context->env;
    const int64_t need = edges->count + more;
    const int64_t likely = edges->count + more + left / 2 + left / 64;
    const int64_t size = (int64_t)sizeof(gph_edge_t) + (csr->heavy != NULL ? 8 : 0);

    if (need <= csr->capacity)
        return GPH_OK;
    const int64_t room = likely < gph_mem_left(env) / size ? likely : need;
    GPH_TRY(gph_realloc(env, room, sizeof *edges->edge, &edges->edge));
    if (csr->heavy != NULL)
        GPH_TRY(gph_realloc(env, room, sizeof *edges->weight, &edges->weight));
    csr->capacity = room;

cleanup:
    return status;
}

/* Checks slab[count], which begins at element `first` of the file. */
static gph_status_t check_slab(csr_read_t *csr, int64_t first, int64_t count)
{
    for (int64_t i = 0; i < count; ++i) {
        while (csr->offset[csr->row + 1] <= first + i) {
            ++csr->row;
            csr->last = -1;
        }
        const int64_t other = csr->slab[i];
        if (other <= csr->last || other >= csr->vertices || other == csr->begin + csr->row)
            return fail_vertex(csr, csr->row,
                               "its neighbours are not ascending numbers of other vertices; the "
                               "file is damaged");
        if (csr->heavy != NULL && !isfinite(csr->heavy[i]))
            return fail_vertex(csr, csr->row, "an edge has a weight that is not finite");
        if (csr->ways != NULL && (csr->ways[i] < GPH_ARC_OUT || csr->ways[i] > BOTH_WAYS))
            return fail_vertex(csr, csr->row, "the direction of an edge is not 1, 2 or 3");
        csr->last = other;
    }
    return GPH_OK;
}

/* Directions of an edge as its lower end has them. */
static double lower_way(uint8_t ways, bool lower)
{
    const int out = (ways & GPH_ARC_OUT) != 0;
    const int in = (ways & GPH_ARC_IN) != 0;
    return lower ? out + 2 * in : in + 2 * out;
}

/* Keeps each edge in one of its two rows, a directed one in that of its tail. The row is that of
 * the slab's first element. */
static void keep_slab(csr_read_t *csr, int64_t row, int64_t first, int64_t count,
                      gph_edges_t *edges)
{
    for (int64_t i = 0; i < count; ++i) {
        while (csr->offset[row + 1] <= first + i)
            ++row;
        const int64_t vertex = csr->begin + row;
        const double weight = csr->heavy != NULL ? csr->heavy[i] : 0;
        csr->check += gph_symmetry_hash(vertex, csr->slab[i], weight);
        if (csr->ways != NULL) {
            csr->check += gph_symmetry_hash(vertex, csr->slab[i],
                                            lower_way(csr->ways[i], vertex < csr->slab[i]));
            if ((csr->ways[i] & GPH_ARC_OUT) == 0)
                continue;
        } else if (!gph_row_keeps(vertex, csr->slab[i])) {
            continue;
        }
        if (csr->heavy != NULL)
            edges->weight[edges->count] = weight;
        edges->edge[edges->count++] = (gph_edge_t){vertex, csr->slab[i]};
    }
}

static gph_status_t read_rows(csr_read_t *csr, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    const int64_t end = csr->offset[csr->count];

    csr->last = -1;
    for (int64_t first = csr->offset[0]; first < end; first += SLAB) {
        const int64_t count = end - first < SLAB ? end - first : SLAB;
        const int64_t row = csr->row;
        GPH_TRY(gph_h5_read(&csr->h5, &csr->neighbors, H5T_NATIVE_INT64, first, count, csr->slab));
        if (csr->heavy != NULL)
            GPH_TRY(
                gph_h5_read(&csr->h5, &csr->weights, H5T_NATIVE_DOUBLE, first, count, csr->heavy));
        if (csr->ways != NULL)
            GPH_TRY(
                gph_h5_read(&csr->h5, &csr->directions, H5T_NATIVE_UINT8, first, count, csr->ways));
        GPH_TRY(check_slab(csr, first, count));
        GPH_TRY(make_room(csr, count, end - first - count, edges));
        keep_slab(csr, row, first, count, edges);
    }

cleanup:
    return status;
}

/* An edge list has no other place for a vertex without edges than a loop, which is dropped later.
 */
static gph_status_t keep_isolated(csr_read_t *csr, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    int64_t isolated = 0;

    for (int64_t i = 0; i < csr->count; ++i)
        isolated += csr->offset[i] == csr->offset[i + 1];
    GPH_TRY(make_room(csr, isolated, 0, edges));
    for (int64_t i = 0; i < csr->count; ++i) {
        if (csr->offset[i] != csr->offset[i + 1])
            continue;
        if (csr->heavy != NULL)
            edges->weight[edges->count] = 0;
        edges->edge[edges->count++] = (gph_edge_t){csr->begin + i, csr->begin + i};
    }

cleanup:
    return status;
}

/* All that one rank does alone. */
static gph_status_t read_alone(csr_read_t *csr, const char *path, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_h5_open(csr->h5.context, path, &csr->h5));
    GPH_TRY(read_attributes(csr));
    GPH_TRY(open_parts(csr));
    GPH_TRY(read_block(csr));
    if (csr->name_offsets.id >= 0)
        GPH_TRY(read_names(csr, &edges->names));
    if (csr->types.id >= 0)
        GPH_TRY(read_types(csr, &edges->type));
    edges->directed = csr->ways != NULL;
    GPH_TRY(read_rows(csr, edges));
    if (csr->ids.id >= 0)
        GPH_TRY(keep_isolated(csr, edges));
    GPH_TRY(make_room(csr, 1, 0, edges)); // weights are not NULL on any rank

cleanup:
    return status;
}

static void close_parts(csr_read_t *csr)
{
    gph_h5_data_close(&csr->offsets);
    gph_h5_data_close(&csr->neighbors);
    gph_h5_data_close(&csr->weights);
    gph_h5_data_close(&csr->directions);
    gph_h5_data_close(&csr->types);
    gph_h5_data_close(&csr->ids);
    gph_h5_data_close(&csr->name_offsets);
    gph_h5_data_close(&csr->name_bytes);
    gph_h5_close(&csr->h5);
    gph_free(csr->offset);
    gph_free(csr->slab);
    gph_free(csr->heavy);
    gph_free(csr->ways);
    csr->ways = NULL;
    csr->offset = NULL;
    csr->slab = NULL;
    csr->heavy = NULL;
}

/* --- over all ranks ------------------------------------------------------------------------- */

/* Every edge must be in the rows of both its ends, with one weight. */
static gph_status_t check_symmetry(gph_context_t *context, const char *path, uint64_t check)
{
    gph_status_t status = GPH_OK;
    uint64_t *all = NULL;
    uint64_t sum = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *all, &all));
    GPH_TRY(gph_comm_gather_all(context, sizeof check, &check, all));
    for (int r = 0; r < context->ranks; ++r)
        sum += all[r];
    if (sum != 0)
        GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                         "%s: some edge is in the row of only one of its ends, or with two "
                         "weights; the file is damaged",
                         gph_path_shown(path)));

cleanup:
    gph_free(all);
    return status;
}

static gph_status_t read_together(csr_read_t *csr, const char *path, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = csr->h5.context;

    GPH_TRY_ALL(context, read_alone(csr, path, edges));
    close_parts(csr);
    GPH_TRY(check_symmetry(context, path, csr->check));
    if (csr->id != NULL) {
        GPH_TRY(gph_ids_translate(context, csr->vertices, csr->id, edges->count, edges->edge));
        edges->vertices = -1;
    } else {
        for (int64_t i = 0; i < edges->count; ++i) {
            edges->edge[i].u += csr->first_id;
            edges->edge[i].v += csr->first_id;
        }
        edges->vertices = csr->vertices;
        edges->first_id = csr->first_id;
    }

cleanup:
    return status;
}

gph_status_t gph_read_hdf5(gph_context_t *context, const char *path, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    const gph_h5_data_t closed = {.id = -1};
    csr_read_t csr = {.h5 = {context, path, -1},
                      .offsets = closed,
                      .neighbors = closed,
                      .weights = closed,
                      .directions = closed,
                      .types = closed,
                      .ids = closed,
                      .name_offsets = closed,
                      .name_bytes = closed};

    GPH_TRY(check_file(context, path));
    // HDF5 would print its error stack; the caller's handler comes back at the end.
    H5E_BEGIN_TRY
    {
        status = read_together(&csr, path, edges);
        close_parts(&csr);
    }
    H5E_END_TRY

cleanup:
    gph_free(csr.id);
    return status;
}
