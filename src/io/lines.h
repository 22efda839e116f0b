/**
 * A text file, plain or gzip, as pieces of whole lines: first the head, line by line and the same
 * on every rank, then the body, shared out between the ranks.
 *
 * Plain: the body is cut into one even byte range a rank; a line belongs to the rank in whose range
 * it begins. Gzip: every rank inflates the stream, and pieces of about 4 MiB are the ranks' in
 * turn.
 */
#ifndef GPH_IO_LINES_H
#define GPH_IO_LINES_H

#include "io/gzip.h"

/** Longest line of a head and of formats with short lines, in bytes with the newline. */
#define GPH_LINE_MOST (INT64_C(1) << 20)

/** Characters of what is wrong with a line, with the final NUL. */
#define GPH_FAULT_CHARS 512

/** Consecutive whole lines. */
typedef struct gph_piece {
    const char *text; /**< [size]; the last byte is a newline. Valid until the next call. */
    int64_t size;     /**< 0: there are no more pieces */
    bool mine;        /**< this rank is to parse it; only gzip hands out others too */
} gph_piece_t;

typedef struct gph_lines {
    gph_context_t *context;
    const char *path;
    int descriptor;
    int64_t size;        /**< bytes of the file */
    gph_inflate_t *gzip; /**< NULL for plain text */
    char *buffer;        /**< [room + 1] */
    int64_t room;
    int64_t used;                /**< bytes in the buffer */
    int64_t taken;               /**< of them handed out */
    int64_t base;                /**< offset in the text of buffer[0] */
    bool ended;                  /**< no bytes follow those in the buffer */
    int64_t most;                /**< longest line accepted, in bytes with the newline */
    int64_t head;                /**< lines of the head handed out */
    int64_t last;                /**< where the last one begins in the buffer */
    int64_t body;                /**< plain: offset where the body begins */
    int64_t begin;               /**< plain: this rank's range of the body */
    int64_t end;                 /**< plain: its end */
    bool aligned;                /**< plain: a line begins at buffer[taken] */
    int64_t pieces;              /**< pieces handed out since the split */
    int64_t mine;                /**< of them for this rank */
    char fault[GPH_FAULT_CHARS]; /**< why there are no more lines, or "" */
    bool fault_in_line;          /**< the fault is one of the next line */
    gph_progress_line_t *progress;
} gph_lines_t;

/** Opens a file. Collective. The path must outlive the lines.
 *  @param gzip the name says that it is compressed; otherwise the first bytes decide */
gph_status_t gph_lines_open(gph_context_t *context, const char *path, bool gzip,
                            gph_lines_t *lines);

/**
 * Hands out the next line of the head. Local; every rank reads the same.
 * @param line receives the line, which ends in a newline; NULL at the end of the file
 */
gph_status_t gph_lines_head(gph_lines_t *lines, const char **line);

/** Gives the last line of the head back: it belongs to the body. Local. */
void gph_lines_give_back(gph_lines_t *lines);

/**
 * Ends the head and shares out the body. Local.
 * @param most longest line that gph_lines_next() accepts, at least GPH_LINE_MOST
 */
void gph_lines_split(gph_lines_t *lines, int64_t most);

/** Plain text: goes back to the first line of this rank. Local. */
void gph_lines_rewind(gph_lines_t *lines);

/**
 * Hands out the next piece of the body. Local.
 * @return GPH_OK also where the text is damaged: then piece->size is 0 and lines->fault says why
 */
gph_status_t gph_lines_next(gph_lines_t *lines, gph_piece_t *piece);

/**
 * Pieces of this rank in all, as a multiple of those handed out so far, estimated; at least 1.
 * Local.
 */
double gph_lines_outlook(const gph_lines_t *lines);

/** Says that a line is longer than `most` bytes. Local. */
void gph_long_line_text(int64_t most, char *text, size_t room);

/** Closes and frees. Local. Fine for {0} too. */
void gph_lines_close(gph_lines_t *lines);

#endif
