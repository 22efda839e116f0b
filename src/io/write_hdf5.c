/*
 * Writing the HDF5 file of a graph. Rank 0 lays the file out: attributes, and datasets that are
 * contiguous and allocated at once, so that each number has its place. Then every rank writes its
 * rows there by offset, without HDF5: nothing is collective, so a full disk that one rank meets
 * leaves no other rank waiting inside the library, and the bytes do not depend on the ranks.
 */
#include "io/hdf5_file.h"
#include "io/writers.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Numbers converted at once, a thread: 1 MiB. */
#define SLAB (INT64_C(1) << 17)

/* Bytes of the layout without the numbers, and some more. */
enum { PROBE_BYTES = 1 << 14 };

/* A dataset to be laid out. */
typedef struct layout {
    const char *name;
    int64_t count; /**< elements; -1: left out */
    int64_t size;  /**< bytes an element: 1 (bytes) or 8 */
    bool real;     /**< floating-point numbers, not integers */
    int64_t place; /**< receives its offset in the file; -1 when it has no elements */
} layout_t;

enum { OFFSETS, NEIGHBORS, WEIGHTS, DIRECTIONS, IDS, NAME_OFFSETS, NAME_BYTES, TYPES, DATASETS };

typedef struct csr_write {
    const gph_graph_t *graph;
    gph_outfile_t *file;
    layout_t data[DATASETS];
    int64_t first_neighbor; /**< neighbours on lower ranks */
    int64_t first_byte;     /**< bytes of names on lower ranks */
    int64_t *slab;          /**< [threads × SLAB] */
} csr_write_t;

/* --- rank 0: the layout --------------------------------------------------------------------- */

static herr_t put_attribute(hid_t file, const char *name, hid_t type, const void *value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    herr_t result = -1;

    if (attribute >= 0) {
        result = H5Awrite(attribute, type, value);
        H5Aclose(attribute);
    }
    if (space >= 0)
        H5Sclose(space);
    return result;
}

static herr_t put_format(hid_t file)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    herr_t result = -1;

    if (type >= 0) {
        result = H5Tset_size(type, sizeof GPH_H5_FORMAT);
        if (result >= 0)
            result = put_attribute(file, "format", type, GPH_H5_FORMAT);
        H5Tclose(type);
    }
    return result;
}

static herr_t put_attributes(hid_t file, const gph_graph_t *graph)
{
    const int64_t version = GPH_H5_VERSION;

    if (put_format(file) < 0 || put_attribute(file, "version", H5T_NATIVE_INT64, &version) < 0 ||
        put_attribute(file, "vertices", H5T_NATIVE_INT64, &graph->vertices) < 0 ||
        put_attribute(file, "edges", H5T_NATIVE_INT64, &graph->edges) < 0)
        return -1;
    return graph->id != NULL ? 0
                             : put_attribute(file, "first_id", H5T_NATIVE_INT64, &graph->first_id);
}

/* Contiguous, allocated at once, not filled; no times, so that the same graph gives the same bytes.
 */
static hid_t dataset_properties(void)
{
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list >= 0 && (H5Pset_layout(list, H5D_CONTIGUOUS) < 0 ||
                      H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY) < 0 ||
                      H5Pset_fill_time(list, H5D_FILL_TIME_NEVER) < 0 ||
                      H5Pset_obj_track_times(list, false) < 0)) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

static herr_t put_dataset(hid_t file, hid_t properties, layout_t *data)
{
    const hsize_t size = (hsize_t)data->count;
    const hid_t type = data->size == 1 ? H5T_NATIVE_UINT8
                       : data->real    ? H5T_NATIVE_DOUBLE
                                       : H5T_NATIVE_INT64;
    const hid_t space = H5Screate_simple(1, &size, NULL);
    const hid_t id =
        H5Dcreate2(file, data->name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    herr_t result = -1;

    if (id >= 0) {
        const haddr_t place = H5Dget_offset(id);
        data->place = place == HADDR_UNDEF ? -1 : (int64_t)place;
        if (data->place >= 0 || data->count == 0)
            result = 0;
        H5Dclose(id);
    }
    if (space >= 0)
        H5Sclose(space);
    return result;
}

static herr_t put_datasets(hid_t file, csr_write_t *csr)
{
    const hid_t properties = dataset_properties();
    herr_t result = properties < 0 ? -1 : 0;

    for (int i = 0; i < DATASETS && result >= 0; ++i)
        if (csr->data[i].count >= 0)
            result = put_dataset(file, properties, &csr->data[i]);
    if (properties >= 0)
        H5Pclose(properties);
    return result;
}

static gph_status_t lay_out(csr_write_t *csr)
{
    gph_status_t status = GPH_OK;
    gph_h5_t h5 = {csr->graph->context, gph_outfile_name(csr->file), -1};
    const hid_t access = gph_h5_access();
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    const char probe[PROBE_BYTES] = {0};

    // A full disk is noticed here, as HDF5 cannot let go of a file that it fails to write.
    GPH_TRY(gph_outfile_write(csr->file, 0, probe, sizeof probe));
    // From HDF5 1.8 on, all that describes the data carries checksums. No times: see above.
    if (H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(creation, false) >= 0)
        h5.file = H5Fcreate(h5.path, H5F_ACC_TRUNC, creation, access);
    if (h5.file < 0)
        GPH_TRY(gph_h5_fail(&h5, GPH_ERR_SYSTEM, "creating the file failed"));
    if (put_attributes(h5.file, csr->graph) < 0 || put_datasets(h5.file, csr) < 0)
        GPH_TRY(gph_h5_fail(&h5, GPH_ERR_SYSTEM, "laying out the file failed"));
    const hid_t file = h5.file;
    h5.file = -1;
    if (H5Fclose(file) < 0)
        GPH_TRY(gph_h5_fail(&h5, GPH_ERR_SYSTEM, "writing the file failed"));

cleanup:
    gph_h5_close(&h5);
    if (creation >= 0)
        H5Pclose(creation);
    if (access >= 0)
        H5Pclose(access);
    return status;
}

/* HDF5 would print its error stack; the caller's handler comes back at the end. */
static gph_status_t lay_out_quietly(csr_write_t *csr)
{
    gph_status_t status = GPH_OK;

    if (csr->graph->context->rank == 0) {
        H5E_BEGIN_TRY
        {
            status = lay_out(csr);
        }
        H5E_END_TRY
    }
    return status;
}

/* --- all ranks: the numbers ----------------------------------------------------------------- */

static gph_status_t measure(csr_write_t *csr)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = csr->graph;
    const bool named = graph->names.offset != NULL;
    const int64_t mine[2] = {graph->offset[graph->owned],
                             named ? graph->names.offset[graph->owned] : 0};
    int64_t before[2] = {0, 0};
    int64_t total[2] = {0, 0};

    GPH_TRY(gph_comm_scan_i64(graph->context, 2, mine, before, total));
    csr->first_neighbor = before[0];
    csr->first_byte = before[1];
    csr->data[OFFSETS] = (layout_t){GPH_H5_OFFSETS, graph->vertices + 1, 8, false, -1};
    csr->data[NEIGHBORS] = (layout_t){GPH_H5_NEIGHBORS, total[0], 8, false, -1};
    csr->data[WEIGHTS] =
        (layout_t){GPH_H5_WEIGHTS, graph->weight != NULL ? total[0] : -1, 8, true, -1};
    csr->data[DIRECTIONS] =
        (layout_t){GPH_H5_DIRECTIONS, graph->direction != NULL ? total[0] : -1, 1, false, -1};
    csr->data[IDS] = (layout_t){GPH_H5_IDS, graph->id != NULL ? graph->vertices : -1, 8, false, -1};
    csr->data[NAME_OFFSETS] =
        (layout_t){GPH_H5_NAME_OFFSETS, named ? graph->vertices + 1 : -1, 8, false, -1};
    csr->data[NAME_BYTES] = (layout_t){GPH_H5_NAME_BYTES, named ? total[1] : -1, 1, false, -1};
    csr->data[TYPES] =
        (layout_t){GPH_H5_TYPES, graph->type != NULL ? graph->vertices : -1, 1, false, -1};

cleanup:
    return status;
}

/* Writes elements of a dataset as they are in memory. Local. */
static gph_status_t write_numbers(const csr_write_t *csr, int dataset, int64_t first, int64_t count,
                                  const void *values)
{
    const layout_t *data = &csr->data[dataset];
    if (data->count < 0 || count == 0)
        return GPH_OK;
    return gph_outfile_write(csr->file, data->place + first * data->size, values,
                             count * data->size);
}

/* Offsets behind the rows of this rank, shifted to what they are over all ranks. */
static gph_status_t write_offsets(const csr_write_t *csr, int dataset, int64_t shift,
                                  const int64_t *offset)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = csr->graph;
    const int64_t zero = 0;

    if (csr->data[dataset].count < 0)
        return GPH_OK;
    if (graph->context->rank == 0)
        GPH_TRY(write_numbers(csr, dataset, 0, 1, &zero));
    for (int64_t from = 0; from < graph->owned; from += SLAB) {
        const int64_t left = graph->owned - from;
        const int64_t count = left < SLAB ? left : SLAB;
        for (int64_t i = 0; i < count; ++i)
            csr->slab[i] = offset[from + i + 1] + shift;
        GPH_TRY(write_numbers(csr, dataset, graph->first + from + 1, count, csr->slab));
    }

cleanup:
    return status;
}

/* Task: neighbours as global numbers. */
static gph_status_t write_neighbors(void *data, int64_t task, int thread)
{
    const csr_write_t *csr = data;
    const gph_graph_t *graph = csr->graph;
    int64_t *slab = csr->slab + thread * SLAB;
    const int64_t from = task * SLAB;
    const int64_t left = graph->offset[graph->owned] - from;
    const int64_t count = left < SLAB ? left : SLAB;

    for (int64_t i = 0; i < count; ++i)
        slab[i] = gph_graph_gid(graph, graph->adjacent[from + i]);
    return write_numbers(csr, NEIGHBORS, csr->first_neighbor + from, count, slab);
}

static gph_status_t write_rank(csr_write_t *csr)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = csr->graph;
    const gph_names_t *names = &graph->names;
    const int64_t neighbors = graph->offset[graph->owned];

    GPH_TRY(gph_alloc(graph->context->env, graph->context->threads * SLAB, sizeof *csr->slab,
                      &csr->slab));
    GPH_TRY(write_offsets(csr, OFFSETS, csr->first_neighbor, graph->offset));
    GPH_TRY(gph_team_run(graph->context, (neighbors + SLAB - 1) / SLAB, write_neighbors, csr));
    GPH_TRY(write_numbers(csr, WEIGHTS, csr->first_neighbor, neighbors, graph->weight));
    GPH_TRY(write_numbers(csr, DIRECTIONS, csr->first_neighbor, neighbors, graph->direction));
    GPH_TRY(write_numbers(csr, TYPES, graph->first, graph->owned, graph->type));
    GPH_TRY(write_numbers(csr, IDS, graph->first, graph->owned, graph->id));
    GPH_TRY(write_offsets(csr, NAME_OFFSETS, csr->first_byte, names->offset));
    if (names->offset != NULL)
        GPH_TRY(write_numbers(csr, NAME_BYTES, csr->first_byte, names->offset[graph->owned],
                              names->bytes));

cleanup:
    return status;
}

gph_status_t gph_write_hdf5(const gph_graph_t *graph, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    csr_write_t csr = {.graph = graph, .file = file};
    int64_t place[DATASETS];

    GPH_TRY(measure(&csr));
    GPH_TRY_ALL(context, lay_out_quietly(&csr));
    for (int i = 0; i < DATASETS; ++i)
        place[i] = csr.data[i].place;
    GPH_TRY(gph_comm_bcast(context, 0, sizeof place, place));
    for (int i = 0; i < DATASETS; ++i)
        csr.data[i].place = place[i];
    GPH_TRY_ALL(context, write_rank(&csr));

cleanup:
    gph_free(csr.slab);
    return status;
}
