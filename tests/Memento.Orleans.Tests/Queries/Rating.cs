namespace Memento.Tests.Queries;

public enum Rating : byte
{
    None = 0,
    Good = 100,
    Best = 255,
}
