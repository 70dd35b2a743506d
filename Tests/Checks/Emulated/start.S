// Boots from the first sector of the disk: loads the program behind it, switches to 64 bits and turns on the vector
// registers that the processor has, as an operating system would.
//
// The program lies at 1 MB and above, out of reach of the BIOS, which copies into memory below 1 MB only: each piece goes
// through a buffer there. The symbols load_* come from the linker script.
    .code16
    .globl start
start:
    ljmp $0, $main
main:
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    movb %dl, drive
    // Memory above 1 MB: the A20 line, and a data segment without a limit ("unreal mode").
    inb $0x92, %al
    orb $2, %al
    outb %al, $0x92
    cli
    lgdtl table_of_segments
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    movw $0x10, %bx
    movw %bx, %fs
    andb $0xfe, %al
    movl %eax, %cr0
    movl $load_address, %edi
next_piece:
    movw $packet, %si
    movb $0x42, %ah
    movb drive, %dl
    int $0x13
    jc failed
    movl $0x10000, %esi
    movl $(64 * 512 / 4), %ecx
copy:
    movl %fs:(%esi), %eax
    movl %eax, %fs:(%edi)
    addl $4, %esi
    addl $4, %edi
    decl %ecx
    jnz copy
    addl $64, packet_sector
    cmpl $load_end, %edi
    jb next_piece

    // Page tables at 0x1000: the first GB, in pages of 2 MB.
    movl $0x1000, %edi
    xorl %eax, %eax
    movl $(0x3000 / 4), %ecx
clear:
    movl %eax, %fs:(%edi)
    addl $4, %edi
    decl %ecx
    jnz clear
    movl $0x2003, %fs:0x1000
    movl $0x3003, %fs:0x2000
    movl $0x3000, %edi
    movl $0x83, %eax
map:
    movl %eax, %fs:(%edi)
    addl $0x200000, %eax
    addl $8, %edi
    cmpl $0x4000, %edi
    jb map
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0x620, %eax          // PAE, and SSE with its exceptions
    movl %eax, %cr4
    movl $0xc0000080, %ecx     // EFER: long mode
    rdmsr
    orl $0x100, %eax
    wrmsr
    movl %cr0, %eax
    andb $0xfb, %al            // no emulation of the coprocessor
    orl $0x80000003, %eax      // paging, protection, and its waits
    movl %eax, %cr0
    ljmpl $0x18, $in_64_bits

failed:
    movb $'!', %al
    outb %al, $0xe9
    hlt
    jmp failed

    .code64
in_64_bits:
    movw $0x20, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movq $stack_end, %rsp
    movq $clear_begin, %rdi
    movq $stack_end, %rcx
    subq %rdi, %rcx
    xorl %eax, %eax
    rep stosb
    // The registers beyond SSE's that the processor has: XCR0.
    movl $1, %eax
    cpuid
    btl $26, %ecx
    jnc no_wide_registers
    movq %cr4, %rax
    orq $0x40000, %rax
    movq %rax, %cr4
    movl $0xd, %eax
    xorl %ecx, %ecx
    cpuid
    andl $0xe7, %eax
    xorl %edx, %edx
    xorl %ecx, %ecx
    xsetbv
no_wide_registers:
    xorl %ebp, %ebp
    call run
stop:
    hlt
    jmp stop

    .align 8
table_of_segments_entries:
    .quad 0
    .quad 0
    .quad 0x00cf92000000ffff   // 0x10: data, 4 GB
    .quad 0x00209a0000000000   // 0x18: code of 64 bits
    .quad 0x0000920000000000   // 0x20: data
table_of_segments:
    .word . - table_of_segments_entries - 1
    .long table_of_segments_entries
drive:
    .byte 0
    .align 4
packet:                        // of the BIOS: 64 sectors to 0x1000:0
    .byte 16, 0
    .word 64
    .word 0, 0x1000
packet_sector:
    .long 1, 0
    .org 510
    .word 0xaa55
