/** What a job lost of the cores it was given, and what to change. */
#ifndef GPH_APP_ADVICE_H
#define GPH_APP_ADVICE_H

#include "output.h"

#define APP_ADVICE_MAX 2 /**< lines of advice */

/** One loss worth a line. */
typedef struct app_advice {
    const char *cause; /**< one word: "imbalance", "waiting" … */
    double lost;       /**< share of the core time given, 0..1 */
    char text[320];    /**< cause and remedy */
} app_advice_t;

/** The largest losses of at least 5%, the largest first; returns how many. Local. */
int app_advice_find(const app_t *app, const app_outcome_t *outcome,
                    app_advice_t advice[APP_ADVICE_MAX]);

#endif
