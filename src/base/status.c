/* Names of statuses, the version, and counts as text. */
#include "gph/base.h"

#include <string.h>

/* The build system knows the version; a build by hand does not. */
#ifndef GPH_VERSION
#define GPH_VERSION "0.0.0"
#endif

const char *gph_status_name(gph_status_t status)
{
    switch (status) {
    case GPH_OK:
        return "GPH_OK";
    case GPH_ERR_INTERNAL:
        return "GPH_ERR_INTERNAL";
    case GPH_ERR_USAGE:
        return "GPH_ERR_USAGE";
    case GPH_ERR_INPUT:
        return "GPH_ERR_INPUT";
    case GPH_ERR_MEMORY:
        return "GPH_ERR_MEMORY";
    case GPH_ERR_STOPPED:
        return "GPH_ERR_STOPPED";
    case GPH_ERR_VERIFY:
        return "GPH_ERR_VERIFY";
    case GPH_ERR_SYSTEM:
        return "GPH_ERR_SYSTEM";
    }
    return "unknown status";
}

const char *gph_version(void)
{
    return GPH_VERSION;
}

char *gph_count_format(gph_count_t count, char text[GPH_COUNT_CHARS])
{
    char *digit = text + GPH_COUNT_CHARS - 1;
    *digit = '\0';
    do {
        *--digit = (char)('0' + (int)(count % 10));
        count /= 10;
    } while (count > 0);
    memmove(text, digit, (size_t)(text + GPH_COUNT_CHARS - digit));
    return text;
}
