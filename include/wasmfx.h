/* wasmfx.h: all of libwasmfx's public interface.
 *
 * One header per noun; include this one, or just those you need. */
#ifndef WASMFX_H
#define WASMFX_H

#include "wasmfx/base.h"
#include "wasmfx/type.h"
#include "wasmfx/module.h"
#include "wasmfx/build.h"
#include "wasmfx/read.h"
#include "wasmfx/handler.h"
#include "wasmfx/binary.h"
#include "wasmfx/debug.h"
#include "wasmfx/text.h"
#include "wasmfx/valid.h"
#include "wasmfx/target.h"
#include "wasmfx/link.h"
#include "wasmfx/engine.h"
#include "wasmfx/object.h"
#include "wasmfx/cont.h"
#include "wasmfx/native.h"
#include "wasmfx/wasi.h"

#endif
