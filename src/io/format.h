/** File formats: which one a path means. */
#ifndef GPH_IO_FORMAT_H
#define GPH_IO_FORMAT_H

#include "base/env.h"
#include "gph/io.h"

/**
 * Decides the format of a path and whether its name asks for gzip. Local.
 * @param format  GPH_FORMAT_AUTO to go by the suffix below .gz; anything else is kept
 * @param decided receives the format, never GPH_FORMAT_AUTO
 * @param gzip    receives true when the name ends in .gz
 * @return GPH_ERR_USAGE for a value that is no format and for HDF5 with .gz
 */
gph_status_t gph_format_decide(gph_env_t *env, const char *path, gph_format_t format,
                               gph_format_t *decided, bool *gzip);

#endif
