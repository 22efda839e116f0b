/**
 * Text that is made twice, first to know its size and then to keep it: a formatter puts characters,
 * and a window says which of them are wanted.
 */
#ifndef GPH_IO_TEXT_OUT_H
#define GPH_IO_TEXT_OUT_H

#include "io/file.h"

#include <locale.h>

/** Where characters go. For one thread. */
typedef struct gph_text_out {
    int64_t position; /**< in the whole text, of the next character put */
    int64_t begin;    /**< first character wanted */
    int64_t end;      /**< behind the last one wanted; begin: none, only count */
    char *buffer;     /**< [room] */
    int64_t room;
    int64_t used;        /**< characters in the buffer */
    gph_outfile_t *file; /**< takes full buffers, at the position of their text; NULL: then the
                              buffer holds all that is wanted */
    locale_t numbers;    /**< the "C" locale */
    gph_status_t status; /**< first failure of the file */
} gph_text_out_t;

/** Puts text[size]. */
void gph_put(gph_text_out_t *out, const char *text, int64_t size);
/** Puts one character. */
void gph_put_char(gph_text_out_t *out, char c);
/** Puts an integer >= 0 in decimal. */
void gph_put_i64(gph_text_out_t *out, int64_t value);
/** Puts a finite number in the fewest digits that give it back. */
void gph_put_f64(gph_text_out_t *out, double value);
/** Hands what is in the buffer to the file; returns the first failure so far. */
gph_status_t gph_put_flush(gph_text_out_t *out);

#endif
