using System.Runtime.InteropServices;

namespace Memento.Tests.PowerLoss;

/// <summary>SQLite's <c>sqlite3_vfs</c>: the file system that connections go through.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeVfs
{
    public int Version;
    public int FileSize;
    public int MaxPathLength;
    public NativeVfs* Next;
    public byte* Name;
    public nint AppData;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, NativeFile*, int, int*, int> Open;
    public delegate* unmanaged[Cdecl]<NativeVfs*, byte*, int, int> Delete;
    public fixed long Others[14];
}

/// <summary>SQLite's <c>sqlite3_file</c>: the beginning of every open file.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeMethods* Methods;
}

/// <summary>SQLite's <c>sqlite3_io_methods</c>: what an open file can do.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<NativeFile*, int> Close;
    public nint Read;
    public delegate* unmanaged[Cdecl]<NativeFile*, byte*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<NativeFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Sync;
    public fixed long Others[13];
}

/// <summary>The functions and numbers of SQLite that have no managed form.</summary>
internal static unsafe partial class SqliteNative
{
    public const int Ok = 0;
    public const int IoError = 10;
    public const int IsCreate = 0x4;

    /// <summary>
    /// A rollback journal, a super-journal, or a log. With the first sync of such a file that it
    /// may have made, SQLite syncs the directory too.
    /// </summary>
    public const int IsJournal = 0x800 | 0x4000 | 0x80000;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find")]
    public static partial NativeVfs* FindVfs(byte* name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    public static partial int RegisterVfs(NativeVfs* vfs, int isDefault);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_unregister")]
    public static partial int UnregisterVfs(NativeVfs* vfs);
}
