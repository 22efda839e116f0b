/* The name that a misspelled word was probably meant to be. */
#include "settings.h"

#include <stdio.h>
#include <string.h>

/* The least of three numbers. */
static int least(int a, int b, int c)
{
    const int ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b (optimal string
 * alignment). Both shorter than APP_NAME_CHARS. */
static int distance(const char *a, const char *b)
{
    int row[3][APP_NAME_CHARS] = {{0}}; /* rows i - 2, i - 1 and i of the table, in turns */
    const int rows = (int)strlen(a);
    const int columns = (int)strlen(b);
    for (int j = 0; j <= columns; j++)
        row[0][j] = j;
    for (int i = 1; i <= rows; i++) {
        int *now = row[i % 3];
        const int *last = row[(i + 2) % 3];
        const int *before = row[(i + 1) % 3];
        now[0] = i;
        for (int j = 1; j <= columns; j++) {
            const int cost = a[i - 1] != b[j - 1];
            now[j] = least(now[j - 1] + 1, last[j] + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1, now[j]);
        }
    }
    return row[rows % 3][columns];
}

const char *app_closest(const char *word, int count, const char *const *names)
{
    const size_t length = strlen(word);
    /* Short words have many neighbours: one slip in three letters, at most two in all. */
    const int allowed = length < 6 ? 1 : 2;
    const char *best = NULL;
    int best_distance = allowed + 1;
    for (int i = 0; i < count; i++) {
        if (length >= APP_NAME_CHARS || strlen(names[i]) >= APP_NAME_CHARS)
            continue;
        const int steps = distance(word, names[i]);
        if (steps < best_distance) {
            best = names[i];
            best_distance = steps;
        }
    }
    return best;
}

char *app_suggest(const char *word, int count, const char *const *names,
                  char text[APP_SUGGESTION_CHARS])
{
    const char *closest = app_closest(word, count, names);
    text[0] = '\0';
    if (closest)
        snprintf(text, APP_SUGGESTION_CHARS, "; did you mean '%s'?", closest);
    return text;
}
