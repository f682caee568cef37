using System.Text;

namespace Memento.Silos.Placement;

/// <summary>
/// Says which silo should have which partition: rendezvous hashing with a bound. Each partition
/// goes to the silo with its highest score that has room. All silos come to the same result from
/// the same tables and silos.
/// </summary>
internal static class Ownership
{
    /// <summary>No silo has more partitions than this many times the mean.</summary>
    private const double MostTimesMean = 1.25;

    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>Gives each partition a silo.</summary>
    /// <param name="tables">The tables, in an order that is the same in all silos.</param>
    /// <param name="silos">The silos that serve, in any order; at least one.</param>
    public static Dictionary<(string Table, int Number), SiloAddress> Assign(
        IReadOnlyCollection<(string Name, int Partitions)> tables,
        IReadOnlyCollection<SiloAddress> silos)
    {
        SiloAddress[] sorted = [.. silos.Order()];
        ulong[] hashes = [.. sorted.Select(HashOf)];
        int count = tables.Sum(static table => table.Partitions);
        int room = Room(count, sorted.Length);
        int[] owned = new int[sorted.Length];
        Dictionary<(string, int), SiloAddress> owners = new(count);
        foreach ((string name, int partitions) in tables)
        {
            ulong table = HashOf(name);
            for (int number = 0; number < partitions; number++)
            {
                int best = FindBest(Score(table, (ulong)number), hashes, owned, room);
                owned[best]++;
                owners.Add((name, number), sorted[best]);
            }
        }

        return owners;
    }

    /// <summary>The most partitions that a silo may have.</summary>
    internal static int Room(int partitions, int silos)
    {
        double mean = (double)partitions / silos;
        return Math.Max((int)Math.Ceiling(mean), (int)Math.Floor(MostTimesMean * mean));
    }

    private static int FindBest(ulong partition, ulong[] silos, int[] owned, int room)
    {
        int best = -1;
        ulong highest = 0;
        for (int silo = 0; silo < silos.Length; silo++)
        {
            ulong score = Score(partition, silos[silo]);
            if (owned[silo] >= room || (best >= 0 && score <= highest)) continue;
            best = silo;
            highest = score;
        }

        return best;
    }

    private static ulong HashOf(SiloAddress silo) => HashOf(silo.ToParsableString());

    /// <summary>The same in every process, unlike .NET's hash of a text.</summary>
    private static ulong HashOf(string text)
    {
        ulong hash = FnvOffset;
        foreach (byte each in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ each) * FnvPrime;
        return hash;
    }

    /// <summary>Each bit of either number changes about half of the result.</summary>
    private static ulong Score(ulong one, ulong other) => Mix(Mix(one) + other);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
