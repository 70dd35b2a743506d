/* EMBEDDED_FILE as read-only data, from SYMBOL to SYMBOL_END. */
  .section .rodata.SYMBOL, "a"
  .balign 64
  .global SYMBOL
SYMBOL:
  .incbin EMBEDDED_FILE
  .global SYMBOL_END
SYMBOL_END:
  .byte 0
  .section .note.GNU-stack, "", %progbits
