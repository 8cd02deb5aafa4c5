// SHA256_Init and the like, which are declared as deprecated: what replaces them fetches a provider.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

// A macro of macros, which Swift does not see.
enum { COPENSSL_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY };

// The builder keeps the pointers to the names, which Swift's strings would not live long enough for.
static inline int copenssl_push_rsa_key(OSSL_PARAM_BLD *builder, const BIGNUM *modulus, const BIGNUM *exponent) {
    return OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus)
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent);
}
