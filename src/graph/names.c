/* Names of vertices. */
#include "graph/names.h"

#include "par/comm.h"

gph_status_t gph_names_gather(gph_context_t *context, const gph_names_t *mine, gph_names_t *all)
{
    gph_status_t status = GPH_OK;
    gph_names_t made = {0};
    int64_t *length = NULL;
    int64_t total = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, mine->count, sizeof *length, &length));
    for (int64_t i = 0; i < mine->count; ++i)
        length[i] = mine->offset[i + 1] - mine->offset[i];
    GPH_TRY(gph_comm_concat_all(context, mine->count, sizeof *length, length, &made.offset,
                                &made.count));
    GPH_TRY_ALL(context,
                gph_realloc(context->env, made.count + 1, sizeof *made.offset, &made.offset));
    for (int64_t i = 0, at = 0; i <= made.count; ++i) {
        const int64_t next = i < made.count ? at + made.offset[i] : at;
        made.offset[i] = at;
        at = next;
    }
    GPH_TRY(gph_comm_concat_all(context, mine->offset[mine->count], 1, mine->bytes, &made.bytes,
                                &total));
    *all = made;
    made = (gph_names_t){0};

cleanup:
    gph_free(length);
    gph_names_free(&made);
    return status;
}

gph_status_t gph_names_escape(const gph_names_t *names, int64_t i, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    for (int64_t b = names->offset[i]; b < names->offset[i + 1]; ++b) {
        const char c = names->bytes[b];
        const char *escaped = c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\\' ? "\\\\" : NULL;
        if (escaped != NULL)
            GPH_TRY(gph_array_append(text, escaped, 2));
        else
            GPH_TRY(gph_array_push(text, &c));
    }

cleanup:
    return status;
}
