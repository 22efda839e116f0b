/* Choosing the reader: a generator specification or a file of some format. */
#include "io/read.h"

#include "graph/generate.h"
#include "io/file.h"
#include "io/format.h"
#include "io/readers.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes that a distributed graph needs a vertex at the very least: its id and its row offset. */
enum { VERTEX_BYTES = 16 };

gph_status_t gph_check_promise(gph_context_t *context, int64_t host_ranks, const char *where,
                               int64_t vertices)
{
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);

    if (pages <= 0 || page <= 0)
        return GPH_OK; // the system does not tell; allocation will
    const double room = (double)pages * (double)page;
    const double need = (double)vertices * VERTEX_BYTES / context->ranks * (double)host_ranks;
    if (need > room)
        return gph_fail(context->env, GPH_ERR_INPUT,
                        "%s: promises %" PRId64 " vertices, which need at least %.0f bytes on this "
                        "machine, more than its %.0f; correct the file or use more machines",
                        where, vertices, need, room);
    return GPH_OK;
}

static gph_status_t read_file(gph_context_t *context, const char *path, gph_format_t format,
                              gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    bool gzip = false;

    GPH_TRY_ALL(context, gph_format_decide(context->env, path, format, &format, &gzip));
    switch (format) {
    case GPH_FORMAT_MATRIX_MARKET:
        GPH_TRY(gph_read_matrix_market(context, path, gzip, edges));
        break;
    case GPH_FORMAT_METIS:
        GPH_TRY(gph_read_metis(context, path, gzip, edges));
        break;
    case GPH_FORMAT_HDF5:
        GPH_TRY(gph_read_hdf5(context, path, edges));
        break;
    case GPH_FORMAT_DOT:
    case GPH_FORMAT_TEXT:
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s: %s files are written only; read a text by textgraph:path=FILE, "
                         "expressions by math:path=FILE",
                         gph_path_shown(path), format == GPH_FORMAT_DOT ? "Graphviz" : "text"));
        break;
    case GPH_FORMAT_AUTO:
    case GPH_FORMAT_EDGES:
        GPH_TRY(gph_read_edge_list(context, path, gzip, edges));
        break;
    }

cleanup:
    return status;
}

/* True on all ranks when one of them sees a file of that name. */
static gph_status_t any_sees(gph_context_t *context, const char *path, bool *seen)
{
    struct stat info;
    int64_t exists = stat(path, &info) == 0;
    const gph_status_t status = gph_comm_reduce_i64(context, GPH_MAX, 1, &exists);
    *seen = exists != 0;
    return status;
}

/* Tells whether the input is to be made or to be read. A file whose name merely looks like a
 * specification is read. */
static gph_status_t find_generator(gph_context_t *context, const char *input, gph_spec_t *spec,
                                   bool *found)
{
    gph_status_t status = GPH_OK;
    bool seen = false;

    *found = false;
    if (!gph_spec_looks_like(input))
        return GPH_OK;
    GPH_TRY_ALL(context, gph_spec_parse(context->env, input, spec));
    *found = gph_text_input_knows(spec) || gph_generate_knows(spec);
    if (*found)
        return GPH_OK;
    GPH_TRY(any_sees(context, input, &seen));
    if (!seen)
        GPH_TRY(
            gph_fail(context->env, GPH_ERR_USAGE,
                     "%s: '%s' is no generator, and there is no file of that name; generators "
                     "are rmat, er, complete, cycle, star, path, turan, text, textgraph and math",
                     gph_path_shown(input), gph_path_shown(spec->name)));

cleanup:
    return status;
}

gph_status_t gph_read_edges(gph_context_t *context, const char *input, gph_format_t format,
                            gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_edges_t made = gph_edges_init();
    gph_spec_t spec;
    bool generated = false;

    GPH_TRY(find_generator(context, input, &spec, &generated));
    if (!generated)
        GPH_TRY(read_file(context, input, format, &made));
    else if (gph_text_input_knows(&spec))
        GPH_TRY(gph_read_text(context, &spec, &made));
    else
        GPH_TRY(gph_generate(context, &spec, &made));
    *edges = made;
    made = gph_edges_init();

cleanup:
    gph_edges_free(&made);
    return status;
}
