/** Texts made piece by piece, and files that rank 0 writes as one text. */
#ifndef GPH_NN_TEXT_H
#define GPH_NN_TEXT_H

#include "base/array.h"
#include "par/context.h"

/** Appends formatted text of less than 512 characters; text is an array of char. Local. */
gph_status_t gph_text_put(gph_array_t *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Writes a file. Collective; text of rank 0 is written. */
gph_status_t gph_text_write(gph_context_t *context, const char *path, const gph_array_t *text);

#endif
