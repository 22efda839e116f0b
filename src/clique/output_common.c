/* What the files of results share: kinds, text in rank order. */
#include "clique/output_common.h"

#include "clique/output.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

gph_output_kind_t gph_output_kind(const char *path)
{
    if (gph_path_ends(path, ".h5"))
        return GPH_OUTPUT_HDF5;
    if (gph_path_ends(path, ".txt"))
        return GPH_OUTPUT_TEXT;
    if (gph_path_ends(path, ".bin"))
        return GPH_OUTPUT_BINARY;
    return gph_path_ends(path, ".tsv") ? GPH_OUTPUT_TSV : GPH_OUTPUT_NONE;
}

gph_status_t gph_output_check(gph_env_t *env, const gph_clique_options_t *options)
{
    const char *list_path = options->list_path;
    const char *per_vertex_path = options->per_vertex_path;
    const char *communities_path = options->communities_path;
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
    if (communities_path != NULL && (gph_output_kind(communities_path) == GPH_OUTPUT_NONE ||
                                     gph_output_kind(communities_path) == GPH_OUTPUT_BINARY))
        return gph_fail(env, GPH_ERR_USAGE,
                        "%s: communities are written to a name that ends in .h5, .txt or .tsv",
                        communities_path);
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
