// Debian's libcurl.a names functions of Kerberos, LDAP and RTMP, whose libraries the packaged executable does without:
// the relay speaks only http and https, with no authentication of libcurl's. Each name is defined here, hidden, so that
// it stands in for nothing outside of the executable; a call would end the process and say which it was.

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

static _Noreturn void absent(const char *name) {
    static const char message[] = "called a function that is not linked in: ";
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0 || write(STDERR_FILENO, name, strlen(name)) < 0) _exit(70);
    abort();
}

#define ABSENT(name) \
    HIDDEN void name(void); \
    void name(void) { absent(#name); }

HIDDEN void *GSS_C_NT_HOSTBASED_SERVICE;
ABSENT(gss_delete_sec_context)
ABSENT(gss_display_name)
ABSENT(gss_display_status)
ABSENT(gss_import_name)
ABSENT(gss_init_sec_context)
ABSENT(gss_inquire_context)
ABSENT(gss_release_buffer)
ABSENT(gss_release_name)
ABSENT(gss_unwrap)
ABSENT(gss_wrap)

ABSENT(ber_bvfree)
ABSENT(ber_free)
ABSENT(ber_memfree)
ABSENT(ber_memvfree)
ABSENT(ber_sockbuf_add_io)
ABSENT(ldap_abandon_ext)
ABSENT(ldap_err2string)
ABSENT(ldap_free_urldesc)
ABSENT(ldap_get_attribute_ber)
ABSENT(ldap_get_dn_ber)
ABSENT(ldap_get_option)
ABSENT(ldap_init_fd)
ABSENT(ldap_memfree)
ABSENT(ldap_msgfree)
ABSENT(ldap_msgtype)
ABSENT(ldap_parse_result)
ABSENT(ldap_parse_sasl_bind_result)
ABSENT(ldap_pvt_url_scheme2proto)
ABSENT(ldap_result)
ABSENT(ldap_sasl_bind)
ABSENT(ldap_search_ext)
ABSENT(ldap_set_option)
ABSENT(ldap_start_tls)
ABSENT(ldap_unbind_ext)
ABSENT(ldap_url_parse)

ABSENT(RTMP_Alloc)
ABSENT(RTMP_Close)
ABSENT(RTMP_Connect1)
ABSENT(RTMP_ConnectStream)
ABSENT(RTMP_Free)
ABSENT(RTMP_Init)
ABSENT(RTMP_Read)
ABSENT(RTMP_SetBufferMS)
ABSENT(RTMP_SetupURL)
ABSENT(RTMP_Write)

// The Swift standard library's one symbol that is newer than the glibc 2.34 of Amazon Linux 2023. It works: in double
// precision, where neither square overflows.
HIDDEN float hypotf(float x, float y) {
    return (float)sqrt((double)x * x + (double)y * y);
}

// glibc 2.36 has it, and libstdc++ would use it, on Debian 12; before that, libstdc++ asked the processor.
HIDDEN uint32_t arc4random(void) {
    uint32_t number = 0;
    while (getrandom(&number, sizeof number, 0) != sizeof number) {}
    return number;
}
