/* FILE as read-only data, named SYMBOL. */
  .section .rodata.SYMBOL, "a"
  .balign 64
  .global SYMBOL
SYMBOL:
  .incbin FILE
  .global SYMBOL_END
SYMBOL_END:
  .byte 0
  .section .note.GNU-stack, "", %progbits
