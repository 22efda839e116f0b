/* What the files of results share: kinds, text in rank order, names. */
#include "clique/output_common.h"

#include "clique/output.h"
#include "graph/names.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);
    const size_t tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

gph_output_kind_t gph_output_kind(const char *path)
{
    if (ends_with(path, ".h5"))
        return GPH_OUTPUT_HDF5;
    if (ends_with(path, ".txt"))
        return GPH_OUTPUT_TEXT;
    if (ends_with(path, ".bin"))
        return GPH_OUTPUT_BINARY;
    return ends_with(path, ".tsv") ? GPH_OUTPUT_TSV : GPH_OUTPUT_NONE;
}

gph_status_t gph_output_check(gph_env_t *env, const char *list_path, const char *per_vertex_path)
{
    if (list_path != NULL && (gph_output_kind(list_path) == GPH_OUTPUT_NONE ||
                              gph_output_kind(list_path) == GPH_OUTPUT_TSV))
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: the list of cliques is written to a name that ends in .h5, .txt or "
                        ".bin",
                        list_path);
    if (per_vertex_path != NULL && gph_output_kind(per_vertex_path) != GPH_OUTPUT_HDF5 &&
        gph_output_kind(per_vertex_path) != GPH_OUTPUT_TSV)
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: counts of vertices are written to a name that ends in .h5 or .tsv",
                        per_vertex_path);
    return GPH_OK;
}

gph_status_t gph_output_number(gph_array_t *text, int64_t number, char after)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64 "%c", number, after);
    return gph_array_append(text, digits, length);
}

gph_status_t gph_output_in_order(gph_context_t *context, gph_outfile_t *out,
                                 const gph_array_t *text, int64_t *written)
{
    gph_status_t status = GPH_OK;
    int64_t before = 0;
    int64_t total = 0;

    GPH_TRY(gph_comm_scan_i64(context, 1, &text->count, &before, &total));
    GPH_TRY_ALL(context, gph_outfile_write(out, *written + before, text->data, text->count));
    *written += total;

cleanup:
    return status;
}

gph_status_t gph_output_names(const gph_graph_t *graph, hid_t file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_env_t *env = context->env;
    gph_names_t all = {0};
    hid_t offsets = H5I_INVALID_HID;
    hid_t bytes = H5I_INVALID_HID;

    GPH_TRY(gph_names_gather(context, &graph->names, &all));
    const bool writer = context->rank == 0;
    const int64_t size = all.offset[all.count];
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_offsets", H5T_STD_I64LE, all.count + 1, 0,
                                        &offsets));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, offsets, H5T_NATIVE_INT64, 0,
                                           writer ? all.count + 1 : 0, 0, all.offset));
    GPH_TRY_ALL(context, gph_h5_dataset(env, file, "name_bytes", H5T_STD_U8LE, size, 0, &bytes));
    GPH_TRY_ALL(context, gph_h5_write_rows(env, bytes, H5T_NATIVE_UINT8, 0, writer ? size : 0, 0,
                                           all.bytes));

cleanup:
    if (offsets >= 0)
        H5Dclose(offsets);
    if (bytes >= 0)
        H5Dclose(bytes);
    gph_names_free(&all);
    return status;
}

gph_status_t gph_output_compare(gph_context_t *context, const char *path, gph_digest_t written,
                                gph_digest_t read)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_sum_digest(context, &written));
    GPH_TRY(gph_comm_sum_digest(context, &read));
    if (written.high != read.high || written.low != read.low)
        status = gph_fail(context->env, GPH_ERR_SYSTEM,
                          "%s: not all of it could be written: no space left on the disk?", path);

cleanup:
    return status;
}
