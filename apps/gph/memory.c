/* Memory of this host: what Linux has, and what control groups allow. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number in a file, INT64_MAX when it holds none ("max") or is not there. */
static int64_t read_number(const char *path)
{
    char text[64] = "";
    char *end = NULL;
    FILE *file = fopen(path, "r");
    if (!file)
        return INT64_MAX;
    const bool got = fgets(text, sizeof text, file) != NULL;
    (void)fclose(file);
    const long long value = got ? strtoll(text, &end, 10) : 0;
    return got && end != text && value >= 0 ? value : INT64_MAX;
}

/* Bytes that Linux could still give. */
static int64_t available(void)
{
    char line[128] = "";
    long long kibibytes = -1;
    FILE *file = fopen("/proc/meminfo", "r");
    if (!file)
        return INT64_MAX;
    while (kibibytes < 0 && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %lld kB", &kibibytes) != 1)
            kibibytes = -1;
    (void)fclose(file);
    return kibibytes < 0 || kibibytes > INT64_MAX / 1024 ? INT64_MAX : kibibytes * 1024;
}

/* What one control group leaves: its limit less its use. */
static int64_t group_left(const char *folder, const char *limit_name, const char *use_name)
{
    char path[1280] = "";
    snprintf(path, sizeof path, "%s/%s", folder, limit_name);
    const int64_t limit = read_number(path);
    snprintf(path, sizeof path, "%s/%s", folder, use_name);
    const int64_t use = read_number(path);
    /* The first version writes a limit that nobody can reach where there is none. */
    if (limit > INT64_MAX / 4 || use == INT64_MAX)
        return INT64_MAX;
    return limit > use ? limit - use : 0;
}

/* The least of what a control group and those above it leave. */
static int64_t groups_left(const char *root, const char *group, const char *limit, const char *use)
{
    char folder[1024] = "";
    int64_t least = INT64_MAX;
    snprintf(folder, sizeof folder, "%s%s", root, group);
    for (;;) {
        const int64_t left = group_left(folder, limit, use);
        char *slash = strrchr(folder, '/');
        least = left < least ? left : least;
        if (!slash || strlen(folder) <= strlen(root))
            return least;
        *slash = '\0';
    }
}

/* Bytes that the control groups of this process leave. */
static int64_t control_groups_left(void)
{
    char line[1024] = "";
    int64_t least = INT64_MAX;
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file)
        return INT64_MAX;
    while (fgets(line, sizeof line, file)) {
        int64_t left = INT64_MAX;
        line[strcspn(line, "\n")] = '\0';
        const char *controllers = strchr(line, ':');
        const char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        if (strncmp(controllers, "::", 2) == 0)
            left = groups_left("/sys/fs/cgroup", group + 1, "memory.max", "memory.current");
        else if (strncmp(controllers, ":memory:", 8) == 0)
            left = groups_left("/sys/fs/cgroup/memory", group + 1, "memory.limit_in_bytes",
                               "memory.usage_in_bytes");
        least = left < least ? left : least;
    }
    (void)fclose(file);
    return least;
}

int64_t app_memory_available(const char **by)
{
    const int64_t host = available();
    const int64_t group = control_groups_left();
    *by = group < host ? "its control group" : "the system";
    return group < host ? group : host;
}

bool app_memory_share(MPI_Comm comm, int64_t bytes, int64_t *share)
{
    MPI_Comm host = MPI_COMM_NULL;
    int ranks = 1;
    if (MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host) != MPI_SUCCESS)
        return false;
    const bool ok = MPI_Comm_size(host, &ranks) == MPI_SUCCESS;
    MPI_Comm_free(&host);
    int64_t least = bytes > 0 ? bytes / ranks : INT64_MAX;
    if (!ok || MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_INT64_T, MPI_MIN, comm) != MPI_SUCCESS)
        return false;
    *share = least;
    return true;
}
