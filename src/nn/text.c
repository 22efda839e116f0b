/* Texts. */
#include "nn/text.h"

#include "io/file.h"

#include <stdarg.h>
#include <stdio.h>

gph_status_t gph_text_put(gph_array_t *text, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return gph_array_append(text, line, length < (int)sizeof line ? length : (int)sizeof line - 1);
}

gph_status_t gph_text_write(gph_context_t *context, const char *path, const gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    GPH_TRY(gph_outfile_create(context, path, &file));
    if (context->rank == 0)
        status = gph_outfile_write(file, 0, text->data, text->count);
    status = gph_outfile_commit(&file, status);

cleanup:
    return status;
}
