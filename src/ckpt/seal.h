/** Seals: a digest over all bytes of a file, appended to it, so that any change is noticed. */
#ifndef GPH_CKPT_SEAL_H
#define GPH_CKPT_SEAL_H

#include "base/env.h"

/** Bytes that a seal takes at the end of a file. */
#define GPH_SEAL_BYTES 32

/** Appends a seal to a closed file and syncs it. Local. GPH_ERR_SYSTEM; counts GPH_FAULT_WRITE and
 * _SYNC. */
gph_status_t gph_seal_append(gph_env_t *env, const char *path);

/** Checks the seal. Local. GPH_ERR_INPUT when it is missing or does not fit the content. */
gph_status_t gph_seal_check(gph_env_t *env, const char *path);

#endif
