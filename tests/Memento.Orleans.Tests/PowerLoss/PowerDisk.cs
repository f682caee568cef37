namespace Memento.Tests.PowerLoss;

/// <summary>
/// What a disk has of one directory, and what it has only been told. A sync makes certain what was
/// written to the file before it began. Everything later may be on the disk or not.
/// </summary>
/// <param name="step">
/// Called after each thing that the disk is told, before whoever told it goes on.
/// </param>
internal sealed class PowerDisk(Action<PowerDisk> step)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PowerFile> _files = [];
    private readonly Dictionary<string, PowerFile> _syncedNames = [];
    private readonly List<PendingName> _pendingNames = [];
    private long _told;

    /// <summary>
    /// Whether syncs fail: what they were for is lost, though it can still be read, and no later
    /// sync brings it back.
    /// </summary>
    public bool FailsSyncs { get; set; }

    /// <summary>Begins with what is in a directory; all of it is synced.</summary>
    public void Load(string directory)
    {
        foreach (string path in Directory.GetFiles(directory))
        {
            string name = Path.GetFileName(path);
            _files[name] = _syncedNames[name] = new PowerFile(File.ReadAllBytes(path));
        }
    }

    /// <summary>What there is if the power goes now.</summary>
    public DiskImage TakePower()
    {
        lock (_gate)
        {
            var images = _syncedNames.Values.Concat(_files.Values)
                .Concat(_pendingNames.Select(static each => each.File).OfType<PowerFile>())
                .Distinct()
                .ToDictionary(static file => file, static file => file.Copy());
            return new DiskImage(
                _syncedNames.ToDictionary(
                    static each => each.Key, each => images[each.Value]),
                [
                    .. _pendingNames.Select(each => (
                        each.Name, each.File is null ? null : images[each.File])),
                ]);
        }
    }

    public OpenPowerFile Open(string name, bool isSyncedWithDirectory)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(name, out PowerFile? file))
            {
                file = _files[name] = new PowerFile([]);
                _pendingNames.Add(new PendingName(++_told, name, file));
                step(this);
            }

            return new OpenPowerFile(this, file, isSyncedWithDirectory);
        }
    }

    public void Delete(string name, bool syncsDirectory)
    {
        lock (_gate)
        {
            _files.Remove(name);
            _pendingNames.Add(new PendingName(++_told, name, null));
            if (syncsDirectory) SyncNames(_told);
            step(this);
        }
    }

    public void Write(PowerFile file, long offset, byte[]? bytes)
    {
        lock (_gate)
        {
            file.Write(new PendingWrite(++_told, offset, bytes));
            step(this);
        }
    }

    public long BeginSync()
    {
        lock (_gate)
        {
            step(this);
            return _told;
        }
    }

    public void EndSync(PowerFile file, long upTo, bool syncsDirectory)
    {
        lock (_gate)
        {
            if (FailsSyncs)
                file.Lose(upTo);
            else
                file.Sync(upTo);
            if (syncsDirectory) SyncNames(upTo);
            step(this);
        }
    }

    private void SyncNames(long upTo)
    {
        foreach (PendingName each in _pendingNames.Where(each => each.Number <= upTo))
        {
            if (each.File is null)
                _syncedNames.Remove(each.Name);
            else
                _syncedNames[each.Name] = each.File;
        }

        _pendingNames.RemoveAll(each => each.Number <= upTo);
    }

    /// <summary>A name that was given to a file, or taken away (no file).</summary>
    private readonly record struct PendingName(long Number, string Name, PowerFile? File);
}

/// <summary>A file that is open. The first sync may be one of the directory too.</summary>
internal sealed class OpenPowerFile(PowerDisk disk, PowerFile file, bool isSyncedWithDirectory)
{
    private bool _syncsDirectory = isSyncedWithDirectory;

    public void Write(long offset, byte[] bytes) => disk.Write(file, offset, bytes);

    public void Truncate(long length) => disk.Write(file, length, null);

    public long BeginSync() => disk.BeginSync();

    public void EndSync(long upTo)
    {
        disk.EndSync(file, upTo, _syncsDirectory);
        _syncsDirectory = false;
    }
}
