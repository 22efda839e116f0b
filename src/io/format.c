/* Names and suffixes of the file formats. */
#include "io/format.h"

#include "io/file.h"

#include <string.h>

static const struct {
    const char *name;
    gph_format_t format;
} format_names[] = {{"auto", GPH_FORMAT_AUTO},         {"edges", GPH_FORMAT_EDGES},
                    {"mtx", GPH_FORMAT_MATRIX_MARKET}, {"metis", GPH_FORMAT_METIS},
                    {"h5", GPH_FORMAT_HDF5},           {"dot", GPH_FORMAT_DOT},
                    {"text", GPH_FORMAT_TEXT}};

static const struct {
    const char *suffix;
    gph_format_t format;
} format_suffixes[] = {{".mtx", GPH_FORMAT_MATRIX_MARKET},
                       {".graph", GPH_FORMAT_METIS},
                       {".metis", GPH_FORMAT_METIS},
                       {".h5", GPH_FORMAT_HDF5},
                       {".hdf5", GPH_FORMAT_HDF5},
                       {".dot", GPH_FORMAT_DOT},
                       {".gv", GPH_FORMAT_DOT}};

bool gph_format_parse(const char *name, gph_format_t *format)
{
    if (name == NULL || format == NULL)
        return false;
    for (size_t i = 0; i < sizeof format_names / sizeof *format_names; ++i) {
        if (strcmp(name, format_names[i].name) == 0) {
            *format = format_names[i].format;
            return true;
        }
    }
    return false;
}

/* True when the first `length` bytes of path end in suffix. */
static bool ends_in(const char *path, size_t length, const char *suffix)
{
    const size_t size = strlen(suffix);
    return length > size && memcmp(path + length - size, suffix, size) == 0;
}

gph_status_t gph_format_decide(gph_env_t *env, const char *path, gph_format_t format,
                               gph_format_t *decided, bool *gzip)
{
    size_t length = strlen(path);
    const bool ends_gzip = ends_in(path, length, ".gz");

    if (format < GPH_FORMAT_AUTO || format > GPH_FORMAT_TEXT)
        return gph_fail(env, GPH_ERR_USAGE, "%d is not a graph format", (int)format);
    if (ends_gzip)
        length -= 3;
    if (format == GPH_FORMAT_AUTO) {
        format = GPH_FORMAT_EDGES;
        for (size_t i = 0; i < sizeof format_suffixes / sizeof *format_suffixes; ++i)
            if (ends_in(path, length, format_suffixes[i].suffix))
                format = format_suffixes[i].format;
    }
    if (ends_gzip && format == GPH_FORMAT_HDF5)
        return gph_fail(env, GPH_ERR_USAGE, "%s: HDF5 files are not gzipped as a whole; drop .gz",
                        gph_path_shown(path));
    *decided = format;
    *gzip = ends_gzip;
    return GPH_OK;
}
