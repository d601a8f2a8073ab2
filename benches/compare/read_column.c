/* Reads the first image or column of a FITS file into native memory with CFITSIO, and prints the seconds of the fastest time.
 *
 * usage: read_column FILE [RUNS]. Does what read_column.rs does: each run opens the file and fills new memory, integers as they are,
 * scaled ones as float32. Build: cc -O2 read_column.c $(pkg-config --cflags --libs cfitsio) */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

/* The memory type for a file type that CFITSIO already adjusts to the scaling, and its bytes. */
static int memory_type(int type, size_t *width) {
    switch (type) {
    case BYTE_IMG: case TBYTE: *width = 1; return TBYTE;
    case SHORT_IMG: case TSHORT: *width = 2; return TSHORT;
    case LONG_IMG: case TLONG: *width = sizeof(int); return TINT;
    case DOUBLE_IMG: *width = 8; return TDOUBLE;
    default: *width = 4; return TFLOAT;
    }
}

static int read_file(const char *path) {
    fitsfile *file;
    int status = 0, axes = 0, type = 0, any = 0;
    long repeat, bytes;
    LONGLONG count = 1, sizes[9];
    size_t width;
    fits_open_file(&file, path, READONLY, &status);
    fits_get_img_dim(file, &axes, &status);
    int is_image = axes > 0;
    if (is_image) {
        fits_get_img_equivtype(file, &type, &status);
        fits_get_img_sizell(file, 9, sizes, &status);
        for (int axis = 0; axis < axes && axis < 9; axis++) count *= sizes[axis];
    } else {
        fits_movabs_hdu(file, 2, NULL, &status);
        fits_get_eqcoltype(file, 1, &type, &repeat, &bytes, &status);
        fits_get_num_rowsll(file, &count, &status);
        if (type == TDOUBLE) type = DOUBLE_IMG;
    }
    if (status) return status;
    type = memory_type(type, &width);
    void *values = malloc(count * width);
    if (!values) return MEMORY_ALLOCATION;
    if (is_image) fits_read_img(file, type, 1, count, NULL, values, &any, &status);
    else fits_read_col(file, type, 1, 1, 1, count, NULL, values, &any, &status);
    free(values);
    fits_close_file(file, &status);
    return status;
}

int main(int arguments, char **words) {
    if (arguments < 2) return fprintf(stderr, "usage: read_column FILE [RUNS]\n"), 2;
    int runs = arguments > 2 ? atoi(words[2]) : 1;
    double best = 1e30;
    for (int run = 0; run < runs; run++) {
        double start = now();
        int status = read_file(words[1]);
        if (status) return fits_report_error(stderr, status), 1;
        double seconds = now() - start;
        if (seconds < best) best = seconds;
    }
    printf("%.9f\n", best);
    return 0;
}
