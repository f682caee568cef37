using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace Memento.Tests.PowerLoss;

/// <summary>
/// A file system for SQLite that is the machine's own, and tells a <see cref="PowerDisk"/> what is
/// written and synced. Only connections that name it (<c>Vfs=…</c>) go through it.
/// </summary>
/// <remarks>
/// An open file is the machine's own, with more room behind it (<see cref="Told"/>) and another
/// table of methods. The methods in it are the file's own, except for those that change the file.
/// So the others need no code here.
/// </remarks>
internal sealed unsafe class PowerLossVfs : IDisposable
{
    private readonly PowerDisk _disk;
    private readonly NativeVfs* _real;
    private readonly NativeVfs* _own;
    private GCHandle _handle;

    public PowerLossVfs(PowerDisk disk)
    {
        Batteries_V2.Init();
        _disk = disk;
        Name = $"power-{Guid.NewGuid():N}";
        _real = SqliteNative.FindVfs(null);
        _own = (NativeVfs*)NativeMemory.AllocZeroed((nuint)sizeof(NativeVfs));
        *_own = *_real;
        _handle = GCHandle.Alloc(this);
        _own->FileSize = RoomOfReal(_real) + sizeof(Told);
        _own->Next = null;
        _own->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
        _own->AppData = GCHandle.ToIntPtr(_handle);
        _own->Open = &Open;
        _own->Delete = &Delete;
        Assert.Equal(SqliteNative.Ok, SqliteNative.RegisterVfs(_own, isDefault: 0));
    }

    /// <summary>The name for connection strings.</summary>
    public string Name { get; }

    /// <summary>Only when every connection is closed.</summary>
    public void Dispose()
    {
        Assert.Equal(SqliteNative.Ok, SqliteNative.UnregisterVfs(_own));
        Marshal.FreeCoTaskMem((nint)_own->Name);
        NativeMemory.Free(_own);
        _handle.Free();
    }

    private static int RoomOfReal(NativeVfs* real) => (real->FileSize + 7) & ~7;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* own, byte* name, NativeFile* file, int flags, int* outFlags)
    {
        var vfs = (PowerLossVfs)GCHandle.FromIntPtr(own->AppData).Target!;
        int code = vfs._real->Open(vfs._real, name, file, flags, outFlags);

        // A file without a name is a temporary one, which no power loss spares.
        if (code != SqliteNative.Ok || name is null) return code;

        var told = (Told*)((byte*)file + RoomOfReal(vfs._real));
        told->Methods = *file->Methods;
        told->Methods.Close = &Close;
        told->Methods.Write = &Write;
        told->Methods.Truncate = &Truncate;
        told->Methods.Sync = &Sync;
        told->Real = file->Methods;
        bool isSyncedWithDirectory = (flags & SqliteNative.IsJournal) != 0
            && (flags & SqliteNative.IsCreate) != 0;
        told->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(
            vfs._disk.Open(NameOf(name), isSyncedWithDirectory)));
        file->Methods = &told->Methods;
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* own, byte* name, int syncsDirectory)
    {
        var vfs = (PowerLossVfs)GCHandle.FromIntPtr(own->AppData).Target!;
        int code = vfs._real->Delete(vfs._real, name, syncsDirectory);
        if (code == SqliteNative.Ok) vfs._disk.Delete(NameOf(name), syncsDirectory != 0);
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeFile* file)
    {
        var told = (Told*)file->Methods;
        GCHandle.FromIntPtr(told->Handle).Free();
        return told->Real->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeFile* file, byte* bytes, int count, long offset)
    {
        var told = (Told*)file->Methods;
        int code = told->Real->Write(file, bytes, count, offset);
        if (code == SqliteNative.Ok)
            told->File.Write(offset, new ReadOnlySpan<byte>(bytes, count).ToArray());
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeFile* file, long length)
    {
        var told = (Told*)file->Methods;
        int code = told->Real->Truncate(file, length);
        if (code == SqliteNative.Ok) told->File.Truncate(length);
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeFile* file, int flags)
    {
        var told = (Told*)file->Methods;
        long upTo = told->File.BeginSync();
        int code = told->Real->Sync(file, flags);
        if (code == SqliteNative.Ok) told->File.EndSync(upTo);
        return code;
    }

    private static string NameOf(byte* name) => Path.GetFileName(Encoding.UTF8.GetString(
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)));

    /// <summary>What stands behind an open file. It begins with the table of methods.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Told
    {
        public NativeMethods Methods;
        public NativeMethods* Real;
        public nint Handle;

        public readonly OpenPowerFile File => (OpenPowerFile)GCHandle.FromIntPtr(Handle).Target!;
    }
}
