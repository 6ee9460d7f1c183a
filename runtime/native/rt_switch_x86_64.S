/* rt_switch_x86_64.S: the ends of a stack: where the host enters, where a first frame begins
 * and returns, where traps leave. Switches in between are inline in the code
 * (codegen/cg_cont.c). rt_layout.h says what the registers hold. */
#include "native/rt_layout.h"

#define GO_ON \
  movq RT_CONT_SP(%rcx), %rsp; \
  movq RT_CONT_FP(%rcx), %rbp; \
  jmpq *RT_CONT_PC(%rcx)

  .text

/* uint32_t wfxrt_enter(host: rdi, k: rsi, out: rdx): save the host's stack in its record, run k
 * with the arguments in its slot; out gets rsi, rdx, r9, r8 of the switch back, the result is
 * edi. */
  .globl wfxrt_enter
  .hidden wfxrt_enter
  .type wfxrt_enter, @function
wfxrt_enter:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  pushq %rdx
  leaq 1f(%rip), %rax
  movq %rax, RT_CONT_PC(%rdi)
  movq %rsp, RT_CONT_SP(%rdi)
  movq %rsi, %rcx
  movq RT_CONT_SLOT(%rcx), %r8
  movq RT_SLOT_ARGS(%r8), %rsi
  movq RT_SLOT_ARGS+8(%r8), %rdx
  movq RT_SLOT_ARGS+16(%r8), %r9
  xorl %edi, %edi
  GO_ON
1:
  popq %rax
  movq %rsi, (%rax)
  movq %rdx, 8(%rax)
  movq %r9, 16(%rax)
  movq %r8, 24(%rax)
  movl %edi, %eax
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size wfxrt_enter, .-wfxrt_enter

/* The first frame of record rcx: call its function; then the record goes back to the pool, and
 * the results to its parent. */
  .globl wfxrt_start
  .hidden wfxrt_start
  .type wfxrt_start, @function
wfxrt_start:
  movq RT_CONT_SLOT(%rcx), %rdi
  movq RT_CONT_FUNC(%rcx), %rax
  movq %rdi, %rbx
  movq %r9, %rcx
  movq RT_SLOT_ARGS+24(%rdi), %r8
  movq RT_SLOT_ARGS+32(%rdi), %r9
  xorl %ebp, %ebp
  callq *RT_FUNC_ENTRY(%rax)
  movq RT_SLOT_OWNER(%rbx), %r8
  movq RT_SLOT_RUN(%rbx), %r11
  movq %rax, %rsi
  movq %rcx, %r9
  movq RT_RUN_FREE(%r11), %rax
  movq %rax, RT_CONT_LINK(%r8)
  movq %r8, RT_RUN_FREE(%r11)
  movq RT_CONT_PARENT(%r8), %rcx
  xorl %edi, %edi
  GO_ON
  .size wfxrt_start, .-wfxrt_start

/* wfxrt_trap(slot: rdi, trap: rsi, pos: rdx, function: rcx) */
  .globl wfxrt_trap
  .hidden wfxrt_trap
  .type wfxrt_trap, @function
wfxrt_trap:
  movq RT_SLOT_OWNER(%rdi), %r8
  movq RT_SLOT_RUN(%rdi), %r11
  movl %esi, %edi
  movq %rdx, %rsi
  movq %rcx, %rdx
  movq RT_RUN_HOST(%r11), %rcx
  GO_ON
  .size wfxrt_trap, .-wfxrt_trap

  .section .note.GNU-stack, "", @progbits
